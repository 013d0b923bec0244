// The end of the program, and of what belongs to one thread of it in C++. A part of crt0.o, so that
// it is found before Newlib's and libstdc++'s own: theirs run the initial thread's destructors as a
// handler of atexit, after handlers that were registered later than the first such object was made.
// The standard wants all of them before any handler ([basic.start.term]).

#include <cstdlib>
#include <unistd.h>

extern "C" {

void __call_exitprocs(int status, void* object); // Newlib: the handlers of atexit
extern void (*__stdio_exit_handler)(void);       // Newlib: flushes the streams, if any was used

} // extern "C"

namespace {

/// A thread-local object that is to be destroyed at its thread's end.
struct Doomed {
    void (*destructor)(void*);
    void* object;
    Doomed* next;
};
thread_local constinit Doomed* last_made = nullptr;

} // namespace

extern "C" {

/// Destroys the calling thread's thread-local objects, last made first; some may make others.
[[gnu::weak]] void __hermit_destroy_thread_locals() {
    while (Doomed* const doomed = last_made) {
        last_made = doomed->next;
        doomed->destructor(doomed->object);
        std::free(doomed);
    }
}

/// [itanium-cxx-abi] §3.3.6.2, for thread-local objects.
[[gnu::weak]] int __cxa_thread_atexit(void (*destructor)(void*), void* object, void*) {
    auto* const doomed = static_cast<Doomed*>(std::malloc(sizeof(Doomed)));
    if (doomed == nullptr) {
        return -1;
    }
    *doomed = {destructor, object, last_made};
    last_made = doomed;
    return 0;
}

[[gnu::weak]] void exit(int status) {
    __hermit_destroy_thread_locals();
    __call_exitprocs(status, nullptr);
    if (__stdio_exit_handler != nullptr) {
        __stdio_exit_handler();
    }
    _exit(status);
}

} // extern "C"
