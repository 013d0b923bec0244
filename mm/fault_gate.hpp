// How page faults on all cores run side by side without a lock, and how those who take mappings
// away make them stop doing so.
#pragma once

#include <arch/cpu.hpp>
#include <sync/per_core.hpp>

#include <atomic>
#include <cstdint>

namespace hermit::mm {

/// The state of the application's space in one number: how often its regions were changed (upper
/// bits), and how many threads are taking mappings or rights away right now (lower 16 bits).
class SpaceState {
  public:
    /// What a core has remembered of the space is good for as long as this number stays.
    std::uint64_t load() const { return state_.load(std::memory_order_acquire); }
    static bool is_quiet(std::uint64_t state) { return static_cast<std::uint16_t>(state) == 0; }

    /// Regions have changed so that nothing that was permitted is forbidden. The space's lock held.
    void changed() { state_.fetch_add(kOneChange, std::memory_order_release); }

  private:
    friend class ChangeGuard;
    static constexpr std::uint64_t kOneChange = std::uint64_t{1} << 16;
    std::atomic<std::uint64_t> state_{0};
};

extern SpaceState space_state;

/// Odd while its core resolves a page fault without the space's lock.
extern PerCore<std::atomic<std::uint64_t>> fault_sections;

/// This core works on the space without its lock: while the section lasts, whoever wants to take
/// something away waits. Interrupts off. Short: no lock but that of the frames is taken inside.
class FaultSection {
  public:
    FaultSection() : section_{fault_sections.local()} {
        // Announces the section before the state is read; pairs with ChangeGuard, which changes the
        // state before it looks for sections: one of the two sees the other.
        section_.exchange(section_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
    }
    ~FaultSection() {
        section_.store(section_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }
    FaultSection(const FaultSection&) = delete;
    FaultSection& operator=(const FaultSection&) = delete;

  private:
    std::atomic<std::uint64_t>& section_;
};

/// While one exists, page faults take the space's lock, so that its holder has the application's
/// mappings to itself. Made and destroyed with no lock held: it waits for the faults that other
/// cores are in, a few hundred instructions.
class ChangeGuard {
  public:
    ChangeGuard();
    ~ChangeGuard() { space_state.state_.fetch_sub(1, std::memory_order_release); }
    ChangeGuard(const ChangeGuard&) = delete;
    ChangeGuard& operator=(const ChangeGuard&) = delete;
};

} // namespace hermit::mm
