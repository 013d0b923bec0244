/* POSIX message queues. */
#pragma once

#include <signal.h>
#include <sys/cdefs.h>
#include <sys/types.h>
#include <time.h>

typedef int mqd_t;

struct mq_attr {
    long mq_flags;
    long mq_maxmsg;
    long mq_msgsize;
    long mq_curmsgs;
};

__BEGIN_DECLS
int mq_close(mqd_t queue);
int mq_getattr(mqd_t queue, struct mq_attr* attr);
int mq_notify(mqd_t queue, const struct sigevent* event);
mqd_t mq_open(const char* name, int flags, ...);
ssize_t mq_receive(mqd_t queue, char* message, size_t size, unsigned* priority);
int mq_send(mqd_t queue, const char* message, size_t size, unsigned priority);
int mq_setattr(mqd_t queue, const struct mq_attr* __restrict attr, struct mq_attr* __restrict old);
ssize_t mq_timedreceive(mqd_t queue, char* __restrict message, size_t size,
                        unsigned* __restrict priority, const struct timespec* __restrict deadline);
int mq_timedsend(mqd_t queue, const char* message, size_t size, unsigned priority,
                 const struct timespec* deadline);
int mq_unlink(const char* name);
__END_DECLS
