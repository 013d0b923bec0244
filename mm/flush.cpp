#include "flush.hpp"

#include "kernel_space.hpp"

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/time.hpp>
#include <arch/upcalls.hpp>
#include <base/core_set.hpp>
#include <base/panic.hpp>
#include <mm/memory.hpp>
#include <sync/irq_guard.hpp>

#include <atomic>

namespace hermit::mm {
namespace {

/// Counts flushes that concern all cores. A core that has acknowledged generation n has forgotten
/// everything that changed before n was drawn.
constinit std::atomic<std::uint64_t> generation{0};

struct Acknowledged {
    std::atomic<std::uint64_t> generation{0};
    /// The core halts, or has not yet looked for flushes since it did: it will before it uses any
    /// translation that can have changed.
    std::atomic<bool> is_halted{false};
};
HERMIT_PER_CORE PerCore<Acknowledged> acknowledged;

Acknowledged& acknowledged_of(unsigned core) { return acknowledged.on(per_core_distance_of(core)); }

/// Forgets all translations and says so. Interrupts off.
void acknowledge() {
    // Acquire pairs with the drawing of a generation: the changed entries are seen by the walks
    // that follow.
    const std::uint64_t current = generation.load(std::memory_order_acquire);
    arch::invalidate_all();
    // Release: the initiator that sees the number may reuse the frames.
    acknowledged.local().generation.store(current, std::memory_order_release);
}

/// A core that does not answer for so long has stopped.
constexpr std::uint64_t kPatienceNs = 60'000'000'000;

bool has_acknowledged(unsigned core, std::uint64_t wanted) {
    return acknowledged_of(core).generation.load(std::memory_order_acquire) >= wanted;
}

/// Acknowledges what others wait for. They may wait for this core while it waits for them: with
/// interrupts on it answers by itself, but the caller may have them off.
void answer() {
    const IrqGuard guard;
    if (!has_acknowledged(arch::this_core(), generation.load(std::memory_order_relaxed))) {
        acknowledge();
    }
}

} // namespace

void begin_halt() { acknowledged.local().is_halted.store(true, std::memory_order_release); }

void end_halt() {
    Acknowledged& self = acknowledged.local();
    if (!self.is_halted.load(std::memory_order_relaxed)) {
        return;
    }
    self.is_halted.exchange(false, std::memory_order_seq_cst); // see commit()
    if (self.generation.load(std::memory_order_relaxed) !=
        generation.load(std::memory_order_relaxed)) {
        acknowledge();
    }
}

void Flush::add(VirtAddr page, std::uint64_t) {
    if (pages_ < kSinglePages) {
        single_[pages_] = page.value();
    }
    ++pages_;
}

void Flush::commit() {
    if (empty()) {
        return;
    }
    unsigned self;
    std::uint64_t wanted = 0;
    CoreSet asked;
    {
        const IrqGuard guard;
        self = arch::this_core();
        if (pages_ <= kSinglePages) {
            for (std::size_t i = 0; i < pages_; ++i) {
                arch::invalidate_page(single_[i]);
            }
        } else {
            arch::invalidate_all();
        }
        pages_ = 0;
        if (arch::core_count() == 1) {
            return;
        }
        // Release: whoever sees the new number sees the changed entries. Drawn before the look at
        // who is halted; pairs with end_halt(), where it is the other way round: either the core is
        // seen awake here, or it sees the number there.
        wanted = generation.fetch_add(1, std::memory_order_seq_cst) + 1;
        for (unsigned core = 0; core < arch::core_count(); ++core) {
            if (core != self && !acknowledged_of(core).is_halted.load(std::memory_order_seq_cst)) {
                asked.add(core);
                arch::send_flush(core);
            }
        }
    }
    const std::uint64_t end = arch::now_ns() + kPatienceNs;
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        while (asked.contains(core) && !has_acknowledged(core, wanted)) {
            answer();
            arch::pause();
            if (arch::now_ns() > end) {
                panic("Core {} has not acknowledged a TLB flush", core);
            }
        }
    }
}

void Unmapped::page(VirtAddr page, PhysAddr frame, std::uint64_t bytes) {
    flush_.add(page, bytes);
    page_bytes_ += bytes;
    collect(frame, bytes, false);
}

void Unmapped::table(VirtAddr page, PhysAddr frame) {
    // Processors keep pointers to tables too; invalidating any page below drops them.
    flush_.add(page, FrameManager::kFrame);
    collect(frame, FrameManager::kFrame, true);
}

void Unmapped::collect(PhysAddr start, std::uint64_t bytes, bool is_table) {
    ++entries_;
    if (count_ != 0) {
        Piece& last = pieces_[count_ - 1];
        if (last.is_table == is_table && last.start + last.bytes == start) {
            last.bytes += bytes;
            return;
        }
    }
    pieces_[count_++] = {start, bytes, is_table};
}

void Unmapped::release(bool free_pages) {
    flush_.commit();
    entries_ = 0;
    if (count_ == 0) {
        return;
    }
    frames.with([&](FrameManager& manager) {
        for (std::size_t i = 0; i < count_; ++i) {
            if (pieces_[i].is_table || free_pages) {
                manager.free(pieces_[i].start, pieces_[i].bytes);
            }
        }
    });
    count_ = 0;
    page_bytes_ = 0;
}

} // namespace hermit::mm

void hermit::arch::on_interrupt_entry() { hermit::mm::end_halt(); }

void hermit::arch::on_flush_interrupt() { hermit::mm::acknowledge(); }
