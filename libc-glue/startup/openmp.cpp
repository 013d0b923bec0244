#include "startup/openmp.hpp"

#include <sync/spin_lock.hpp>

#include <cstdlib>

/// libgomp, if the program has it.
extern "C" [[gnu::weak]] void GOMP_parallel(void (*)(void*), void*, unsigned, unsigned);

namespace hermit::glue {

void choose_openmp_waiting() {
    if (&GOMP_parallel == nullptr || !cores_are_shared ||
        std::getenv("OMP_WAIT_POLICY") != nullptr) {
        return;
    }
    // libgomp's own choice is 300,000 rounds: right if the thread waited for has a core, and 10 to
    // 70 times slower than sleeping if it waits for the waiter's.
    setenv("GOMP_SPINCOUNT", "100", 0);
}

} // namespace hermit::glue
