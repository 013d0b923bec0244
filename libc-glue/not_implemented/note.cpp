// What functions do that link but do not exist: fail with ENOSYS, and leave one line in the log.

#include "errors.hpp"

#include <base/log.hpp>

namespace {

/// The stubs' record of themselves; assembly in not_implemented.cmake lays it out.
struct Function {
    unsigned char noted;
    char name[];
};

void note(Function& function) {
    errno = ENOSYS;
    if (__atomic_exchange_n(&function.noted, 1, __ATOMIC_RELAXED) == 0) {
        hermit::log::warning("{} is not implemented", static_cast<const char*>(function.name));
    }
}

} // namespace

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
