#include "stop.hpp"

#include "console.hpp"

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/time.hpp>

#include <atomic>

namespace hermit::init {
namespace {

constinit std::atomic<bool> is_ending{false};
constinit std::atomic<unsigned> stopped{0};

} // namespace

void stop_other_cores() {
    constexpr std::uint64_t kPatienceNs = 50'000'000;
    arch::disable_interrupts();
    if (is_ending.exchange(true, std::memory_order_relaxed)) {
        stop_if_ending();
    }
    take_over_console();
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        if (core != arch::this_core()) {
            arch::send_stop(core);
        }
    }
    const std::uint64_t end = arch::now_ns() + kPatienceNs;
    while (stopped.load(std::memory_order_relaxed) + 1 < arch::core_count() &&
           arch::now_ns() < end) {
        arch::pause();
    }
}

void stop_if_ending() {
    if (is_ending.load(std::memory_order_relaxed)) {
        stopped.fetch_add(1, std::memory_order_relaxed);
        arch::halt_forever();
    }
}

} // namespace hermit::init
