// Where the log's lines go, and which are written.
#pragma once

#include <base/log.hpp>

namespace hermit::init {

/// Lines less important than `level` are left out from now on.
void set_log_level(LogLevel level);

/// A line across the page with a title in it, as the parts of the boot report start.
void log_heading(const char* title);

} // namespace hermit::init
