#include "stop.hpp"

#include "console.hpp"

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/time.hpp>
#include <base/core_set.hpp>
#include <sched/scheduler.hpp>

#include <atomic>

namespace hermit::init {
namespace {

constexpr unsigned kNobody = ~0u;
constinit std::atomic<unsigned> ending_core{kNobody};
constinit std::atomic<const arch::InterruptFrame*> frames[kMaxCores] = {};

/// Whether a core is to be stopped: another one that runs its scheduler. One that is only starting
/// may have no interrupt table yet, and an interrupt would reset the machine.
bool is_to_stop(unsigned core) {
    return core != arch::this_core() && sched::running_on(core) != nullptr;
}

bool have_all_stopped() {
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        if (is_to_stop(core) && where_stopped(core) == nullptr) {
            return false;
        }
    }
    return true;
}

} // namespace

void claim_end() {
    arch::disable_interrupts();
    unsigned claimant = kNobody;
    if (!ending_core.compare_exchange_strong(claimant, arch::this_core(),
                                             std::memory_order_relaxed) &&
        claimant != arch::this_core()) {
        arch::halt_forever(); // until the other core's interrupt asks where we were
    }
    take_over_console();
}

void stop_other_cores(std::uint64_t patience_ms) {
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        if (is_to_stop(core)) {
            arch::send_stop(core);
        }
    }
    constexpr std::uint64_t kFastestKhz = 6'000'000; // until the frequency is known
    const std::uint64_t khz = arch::tsc_khz() != 0 ? arch::tsc_khz() : kFastestKhz;
    const std::uint64_t start = arch::read_tsc();
    while (!have_all_stopped() && arch::read_tsc() - start < patience_ms * khz) {
        arch::pause();
    }
}

bool is_ending_here() { return ending_core.load(std::memory_order_relaxed) == arch::this_core(); }

void stop_if_ending(const arch::InterruptFrame& frame) {
    if (ending_core.load(std::memory_order_relaxed) == kNobody || is_ending_here()) {
        return;
    }
    // Release pairs with the acquire below: the frame, and all that this core has done, is visible.
    frames[arch::this_core()].store(&frame, std::memory_order_release);
    arch::halt_forever();
}

const arch::InterruptFrame* where_stopped(unsigned core) {
    return frames[core].load(std::memory_order_acquire);
}

} // namespace hermit::init
