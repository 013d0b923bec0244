// Stand-ins for what kernel/init defines: a failed assertion or panic aborts the test program.
#include <base/assert.hpp>
#include <base/log.hpp>
#include <base/panic.hpp>

#include <cstdio>
#include <cstdlib>

namespace hermit {
namespace {

class StandardError final : public TextSink {
  public:
    void write(const char* text, std::size_t bytes) override {
        std::fwrite(text, 1, bytes, stderr);
    }
};

} // namespace

void assertion_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "assertion failed: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

void panic_arguments(const char* format, const FormatArgument* arguments, std::size_t count) {
    StandardError sink;
    format_arguments(sink, format, arguments, count);
    std::fputc('\n', stderr);
    std::abort();
}

void log_arguments(LogLevel, const char* format, const FormatArgument* arguments,
                   std::size_t count) {
    StandardError sink;
    format_arguments(sink, format, arguments, count);
    std::fputc('\n', stderr);
}

} // namespace hermit
