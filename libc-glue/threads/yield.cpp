// Letting others run.

#include <sched/scheduler.hpp>

#include <pthread.h>

extern "C" {

[[gnu::weak]] int sched_yield(void) {
    hermit::sched::yield();
    return 0;
}
[[gnu::weak]] int pthread_yield(void) {
    hermit::sched::yield();
    return 0;
}

} // extern "C"
