#include "fault_gate.hpp"

#include <arch/core.hpp>

namespace hermit::mm {

constinit SpaceState space_state;
HERMIT_PER_CORE PerCore<std::atomic<std::uint64_t>> fault_sections;

ChangeGuard::ChangeGuard() {
    space_state.state_.fetch_add(SpaceState::kOneChange + 1, std::memory_order_seq_cst);
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        // This core is in no section: those have interrupts off to their end.
        const auto& section = fault_sections.on(per_core_distance_of(core));
        const std::uint64_t seen = section.load(std::memory_order_seq_cst);
        while (seen % 2 != 0 && section.load(std::memory_order_acquire) == seen) {
            arch::pause();
        }
    }
}

} // namespace hermit::mm
