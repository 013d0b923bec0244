/* Scheduling: policies, priorities, yielding, and the cores a thread may run on. */
#pragma once

#include <sys/cdefs.h>
#include <sys/sched.h>
#include <sys/types.h>
#include <time.h>
#if __GNU_VISIBLE
#include <sys/cpuset.h>
#endif

__BEGIN_DECLS
int sched_get_priority_max(int policy);
int sched_get_priority_min(int policy);
int sched_getparam(pid_t pid, struct sched_param* param);
int sched_getscheduler(pid_t pid);
int sched_rr_get_interval(pid_t pid, struct timespec* interval);
int sched_setparam(pid_t pid, const struct sched_param* param);
int sched_setscheduler(pid_t pid, int policy, const struct sched_param* param);
int sched_yield(void);
#if __GNU_VISIBLE
int sched_getcpu(void);
int getcpu(unsigned* cpu, unsigned* node);
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t* set);
int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t* set);
#endif
__END_DECLS
