/* System V shared memory. */
#pragma once

#include <sys/cdefs.h>
#include <sys/ipc.h>
#include <sys/types.h>

#define SHM_RDONLY 010000
#define SHM_RND 020000
#define SHMLBA 4096

typedef unsigned long shmatt_t;

struct shmid_ds {
    struct ipc_perm shm_perm;
    size_t shm_segsz;
    time_t shm_atime;
    time_t shm_dtime;
    time_t shm_ctime;
    pid_t shm_cpid;
    pid_t shm_lpid;
    shmatt_t shm_nattch;
};

__BEGIN_DECLS
void* shmat(int id, const void* address, int flags);
int shmctl(int id, int command, struct shmid_ds* data);
int shmdt(const void* address);
int shmget(key_t key, size_t size, int flags);
__END_DECLS
