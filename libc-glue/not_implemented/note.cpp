// What functions do that link but do not exist: fail with ENOSYS, and leave one line in the log.

#include "errors.hpp"

#include <base/log.hpp>
#include <libc-glue/application.hpp>

namespace {

/// The stubs' record of themselves; assembly in not_implemented.cmake lays it out.
struct Function {
    unsigned char noted;
    char name[];
};

/// The names that were noted, for the report at exit.
constexpr unsigned kMostNames = 32;
constinit const char* names[kMostNames] = {};
constinit unsigned name_count = 0;

void note(Function& function) {
    errno = ENOSYS;
    if (__atomic_exchange_n(&function.noted, 1, __ATOMIC_RELAXED) == 0) {
        const unsigned index = __atomic_fetch_add(&name_count, 1, __ATOMIC_RELAXED);
        if (index < kMostNames) {
            __atomic_store_n(&names[index], static_cast<const char*>(function.name),
                             __ATOMIC_RELAXED);
        }
        hermit::log::warning("{} is not implemented", static_cast<const char*>(function.name));
    }
}

} // namespace

void hermit::glue::for_each_missing_call(void (*function)(const char* name)) {
    for (const char* const& name : names) {
        if (const char* const known = __atomic_load_n(&name, __ATOMIC_RELAXED)) {
            function(known);
        }
    }
}

extern "C" {

long __hermit_no_status(Function& function) {
    note(function);
    return -1;
}
void* __hermit_no_object(Function& function) {
    note(function);
    return nullptr;
}
int __hermit_no_errno(Function& function) {
    note(function);
    return ENOSYS;
}
/// For getaddrinfo and getnameinfo: EAI_SYSTEM, "look at errno".
int __hermit_no_address(Function& function) {
    note(function);
    return 11;
}

} // extern "C"
