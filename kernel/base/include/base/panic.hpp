// The end of the system when something cannot be recovered.
#pragma once

#include <base/format.hpp>

namespace hermit {

/// Reports the text, the thread and a backtrace, then shuts down with a non-zero status.
/// Any context. Defined by kernel/init; by the test runner on the host.
[[noreturn]] void panic_arguments(const char* format, const FormatArgument* arguments,
                                  std::size_t count);

template <class... Arguments>
[[noreturn]] void panic(const char* format, const Arguments&... arguments) {
    const FormatArgument list[] = {FormatArgument{arguments}..., FormatArgument{0u}};
    panic_arguments(format, list, sizeof...(arguments));
}

} // namespace hermit
