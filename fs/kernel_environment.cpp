// Connects the file system to the kernel: heap, frames through the direct map, futexes, clock.
#include <fs/process.hpp>

#include <arch/cpu.hpp>
#include <arch/time.hpp>
#include <mm/app_memory.hpp>
#include <mm/heap.hpp>
#include <mm/memory.hpp>
#include <sched/futex.hpp>

#include <atomic>

namespace hermit::fs {
namespace {

void* allocate(std::size_t bytes) { return mm::heap_allocate(bytes); }

void* allocate_page() {
    auto frame = mm::allocate_spare_frames(kPageBytes);
    return frame ? mm::direct(*frame).as<void>() : nullptr;
}

void release_page(void* page) {
    mm::free_frames(PhysAddr{VirtAddr{page}.value() - mm::kDirectMap}, kPageBytes);
}

void wait(const std::uint32_t* word, std::uint32_t expected) {
    static_cast<void>(sched::futex_wait(word, expected));
}

void wake(const std::uint32_t* word, unsigned count) { sched::futex_wake(word, count); }

/// Read once: asking the clock chip takes microseconds.
constinit std::uint64_t realtime_at_boot_ns = 0;

std::uint64_t realtime_ns() { return realtime_at_boot_ns + arch::now_ns(); }

/// The time-stamp counter and a sequence number, mixed by
/// SplitMix64's finaliser: for seeds, not for keys.
void fill_random(void* bytes, std::size_t count) {
    static constinit std::atomic<std::uint64_t> state{0};
    auto* target = static_cast<unsigned char*>(bytes);
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (i % sizeof(word) == 0) {
            word =
                state.fetch_add(0x9E3779B97F4A7C15, std::memory_order_relaxed) ^ arch::read_tsc();
            word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
            word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
            word ^= word >> 31;
        }
        target[i] = static_cast<unsigned char>(word >> (8 * (i % sizeof(word))));
    }
}

MemoryFigures memory() {
    const mm::app::Statistics statistics = mm::app::statistics();
    return {statistics.total_bytes, statistics.free_bytes};
}

} // namespace

Result<void> initialize_in_kernel(ConsoleSink& output, ConsoleSink& error) {
    realtime_at_boot_ns = arch::boot_time_realtime_ns();
    set_environment({allocate, mm::heap_free, allocate_page, release_page, wait, wake, realtime_ns,
                     fill_random, memory});
    return initialize(output, error);
}

} // namespace hermit::fs
