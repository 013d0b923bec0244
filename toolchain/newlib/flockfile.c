/* The lock of a stream, for the application. */
#include <reent.h>
#include <stdio.h>
#include <sys/lock.h>

extern void __sinit(struct _reent* reent);

/* The standard streams get their locks at the first use of any stream. */
static void initialise(void) {
    if (!_REENT_CLEANUP(_REENT))
        __sinit(_REENT);
}

void flockfile(FILE* file) {
    initialise();
    __lock_acquire_recursive(file->_lock);
}

int ftrylockfile(FILE* file) {
    initialise();
    return __lock_try_acquire_recursive(file->_lock) ? 0 : -1;
}

void funlockfile(FILE* file) { __lock_release_recursive(file->_lock); }
