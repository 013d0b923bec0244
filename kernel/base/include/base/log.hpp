// The kernel log: one line per call, "[core][LEVEL] text", lines of different cores never mixed.
#pragma once

#include <base/format.hpp>

namespace hermit {

enum class LogLevel : std::uint8_t { kError, kWarning, kInfo, kDebug };

/// What is less important than this is not even compiled (the build's option of the same name); the
/// command line's log=LEVEL chooses among the rest.
#ifndef HERMIT_LOG_LEVEL
#define HERMIT_LOG_LEVEL kDebug
#endif
inline constexpr LogLevel kCompiledLogLevel = LogLevel::HERMIT_LOG_LEVEL;

/// Writes one line to the log if its level is enabled. Any context; never blocks, may spin on the
/// console's lock. Defined by kernel/init; by the test runner on the host.
void log_arguments(LogLevel level, const char* format, const FormatArgument* arguments,
                   std::size_t count);

namespace log {

template <class... Arguments>
void write(LogLevel level, const char* format, const Arguments&... arguments) {
    if (level <= kCompiledLogLevel) {
        const FormatArgument list[] = {FormatArgument{arguments}..., FormatArgument{0u}};
        log_arguments(level, format, list, sizeof...(arguments));
    }
}
template <class... Arguments>
void error(const char* format, const Arguments&... arguments) {
    write(LogLevel::kError, format, arguments...);
}
template <class... Arguments>
void warning(const char* format, const Arguments&... arguments) {
    write(LogLevel::kWarning, format, arguments...);
}
template <class... Arguments>
void info(const char* format, const Arguments&... arguments) {
    write(LogLevel::kInfo, format, arguments...);
}
template <class... Arguments>
void debug(const char* format, const Arguments&... arguments) {
    write(LogLevel::kDebug, format, arguments...);
}

} // namespace log
} // namespace hermit
