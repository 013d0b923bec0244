/* Asynchronous input and output. */
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/cdefs.h>
#include <sys/types.h>
#include <time.h>

struct aiocb {
    int aio_fildes;
    int aio_lio_opcode;
    int aio_reqprio;
    volatile void* aio_buf;
    size_t aio_nbytes;
    struct sigevent aio_sigevent;
    off_t aio_offset;
    int __error;
    ssize_t __result;
    long __reserved[4];
};

#define AIO_CANCELED 0
#define AIO_NOTCANCELED 1
#define AIO_ALLDONE 2
#define LIO_READ 0
#define LIO_WRITE 1
#define LIO_NOP 2
#define LIO_WAIT 0
#define LIO_NOWAIT 1

__BEGIN_DECLS
int aio_cancel(int fd, struct aiocb* block);
int aio_error(const struct aiocb* block);
int aio_fsync(int operation, struct aiocb* block);
int aio_read(struct aiocb* block);
ssize_t aio_return(struct aiocb* block);
int aio_suspend(const struct aiocb* const list[], int count, const struct timespec* timeout);
int aio_write(struct aiocb* block);
int lio_listio(int mode, struct aiocb* const list[__restrict_arr], int count,
               struct sigevent* __restrict event);
__END_DECLS
