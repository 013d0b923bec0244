// What kernel/init defines on the machine: here the log goes nowhere and an assertion is a finding.
#include <base/assert.hpp>
#include <base/log.hpp>
#include <base/panic.hpp>

#include <cstdio>
#include <cstdlib>

namespace hermit {

void assertion_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "assertion failed: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

void panic_arguments(const char* format, const FormatArgument*, std::size_t) {
    std::fprintf(stderr, "panic: %s\n", format);
    std::abort();
}

void log_arguments(LogLevel, const char*, const FormatArgument*, std::size_t) {}

} // namespace hermit
