#include "log.hpp"

#include "console.hpp"

#include <arch/core.hpp>

namespace hermit {
namespace {

LogLevel threshold = LogLevel::kWarning;

constexpr const char* kNames[] = {"ERROR", "WARNING", "INFO", "DEBUG"};

} // namespace

void log_arguments(LogLevel level, const char* format, const FormatArgument* arguments,
                   std::size_t count) {
    if (level > threshold) {
        return;
    }
    // One call per line, so that the lines of different cores never mix; a long line is cut.
    TextBuffer<512> line;
    format_to(line, "[{}][{}] ", arch::this_core(), kNames[static_cast<unsigned>(level)]);
    format_arguments(line, format, arguments, count);
    TextBuffer<514> whole;
    whole.write(line.c_str(), line.size());
    whole.write("\n", 1);
    init::write_channel(init::Channel::kLog, whole.c_str(), whole.size());
}

namespace init {

void set_log_level(LogLevel level) { threshold = level; }

void log_heading(const char* title) {
    TextBuffer<96> line;
    std::size_t length = 0;
    while (title[length] != '\0') {
        ++length;
    }
    const std::size_t width = 77;
    const std::size_t left = (width - length) / 2;
    for (std::size_t i = 0; i < left; ++i) {
        line.write("=", 1);
    }
    format_to(line, " {} ", title);
    while (line.size() < width) {
        line.write("=", 1);
    }
    log::info("");
    log::info("{}", line.c_str());
}

} // namespace init
} // namespace hermit
