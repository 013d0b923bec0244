/* System V message queues. */
#pragma once

#include <sys/cdefs.h>
#include <sys/ipc.h>
#include <sys/types.h>

#define MSG_NOERROR 010000

typedef unsigned long msgqnum_t;
typedef unsigned long msglen_t;

struct msqid_ds {
    struct ipc_perm msg_perm;
    msgqnum_t msg_qnum;
    msglen_t msg_qbytes;
    pid_t msg_lspid;
    pid_t msg_lrpid;
    time_t msg_stime;
    time_t msg_rtime;
    time_t msg_ctime;
};

__BEGIN_DECLS
int msgctl(int id, int command, struct msqid_ds* data);
int msgget(key_t key, int flags);
ssize_t msgrcv(int id, void* message, size_t size, long type, int flags);
int msgsnd(int id, const void* message, size_t size, int flags);
__END_DECLS
