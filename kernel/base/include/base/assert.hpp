// Assertions. ASSERT stays in release builds; ASSERT_SLOW is for debug builds only.
#pragma once

namespace hermit {

/// Ends the system with a message. Defined by kernel/init; by the test runner on the host.
/// Any context, interrupts on or off.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

} // namespace hermit

#define ASSERT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) [[unlikely]] {                                                           \
            ::hermit::assertion_failed(#condition, __FILE_NAME__, __LINE__);                       \
        }                                                                                          \
    } while (false)

#ifdef HERMIT_DEBUG
#define ASSERT_SLOW(condition) ASSERT(condition)
#else
#define ASSERT_SLOW(condition)                                                                     \
    do {                                                                                           \
    } while (false)
#endif
