// Names as they stand in a backtrace on a screen of 80 columns.
#pragma once

#include <string>

namespace hermit::names {

/// A C++ function's name with its scope, but without parameters, template arguments and "(anonymous
/// namespace)": `hermit::sched::wake`. Other names as they are.
std::string short_name(const std::string& linker_name);

} // namespace hermit::names
