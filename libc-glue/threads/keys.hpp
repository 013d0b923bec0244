// Thread-specific data.
#pragma once

#include "threads/thread.hpp"

namespace hermit::glue {

/// Calls the destructors of the calling thread's values, several times over if they set new ones.
void run_key_destructors(Thread& thread);

} // namespace hermit::glue
