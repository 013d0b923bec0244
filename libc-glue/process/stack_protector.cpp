// What code built with -fstack-protector calls when a buffer on the stack overflowed.

#include <base/panic.hpp>

extern "C" [[noreturn]] void __stack_chk_fail() {
    hermit::panic("stack smashing detected: a buffer on the stack overflowed");
}
