#include <fs/environment.hpp>

namespace hermit::fs {
namespace {

constinit Environment current{};

} // namespace

void set_environment(const Environment& environment) { current = environment; }
const Environment& environment() { return current; }

} // namespace hermit::fs
