// Calls that Newlib and its headers make under their own names.

#include <netdb.h>
#include <sys/time.h>

/// `h_errno`.
[[gnu::weak]] int* __h_errno(void) {
    static constinit thread_local int error = 0;
    return &error;
}

extern "C" int _gettimeofday_r(struct _reent*, timeval* time, void* zone) {
    return gettimeofday(time, static_cast<struct timezone*>(zone));
}
