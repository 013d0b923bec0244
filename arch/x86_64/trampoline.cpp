#include "trampoline.hpp"

#include <arch/core_setup.hpp>
#include <arch/cpu.hpp>
#include <arch/registers.hpp>
#include <arch/time.hpp>
#include <base/address.hpp>
#include <base/assert.hpp>
#include <base/memory.hpp>

#include <atomic>
#include <cstddef>
#include <new>

namespace hermit::arch {
namespace {

/// What the trampoline reads in its page.
struct Constants {
    std::uint64_t root_table;
    std::uint64_t entry;
    std::uint64_t stacks; // array of stack tops
    std::uint64_t count;  // of stacks
    std::uint64_t state;  // where this kernel's mapping has it
};

/// What it changes, in the page behind; trampoline.S repeats the offsets.
struct State {
    std::atomic<std::uint32_t> entered; // cores that came, in real mode
    std::atomic<std::uint32_t> closed;
    std::atomic<std::uint32_t> left; // cores that came and are out of the page
    std::atomic<std::uint32_t> tickets;
};
static_assert(sizeof(State) == 16 && offsetof(State, closed) == 4 && offsetof(State, left) == 8 &&
              offsetof(State, tickets) == 12);

State* the_state = nullptr; // until there are other cores

} // namespace

extern "C" {
extern const char hermit_trampoline_start[];
extern const char hermit_trampoline_end[];
extern const char hermit_trampoline_constants[];
}

void fill_trampoline(void* page, void* state, void (*entry)(), const std::uint64_t* stacks,
                     unsigned count) {
    the_state = new (state) State{};
    const auto bytes = static_cast<std::size_t>(hermit_trampoline_end - hermit_trampoline_start);
    hermit_memcpy(page, hermit_trampoline_start, bytes);
    ASSERT(read_cr3() < 4 * kGiB);
    const auto offset = hermit_trampoline_constants - hermit_trampoline_start;
    *reinterpret_cast<Constants*>(static_cast<char*>(page) + offset) = {
        .root_table = read_cr3(),
        .entry = reinterpret_cast<std::uint64_t>(entry),
        .stacks = reinterpret_cast<std::uint64_t>(stacks),
        .count = count,
        .state = reinterpret_cast<std::uint64_t>(state),
    };
}

void leave_trampoline() { the_state->left.fetch_add(1, std::memory_order_release); }

bool close_trampoline(std::uint64_t patience_ns) {
    // Sequentially consistent, as the trampoline's locked increment is: a core that was not counted
    // yet finds the door closed.
    the_state->closed.store(1);
    const std::uint32_t entered = the_state->entered.load();
    const std::uint64_t end = now_ns() + patience_ns;
    // Acquire pairs with leave_trampoline().
    while (the_state->left.load(std::memory_order_acquire) != entered) {
        if (now_ns() >= end) {
            return false;
        }
        pause();
    }
    return true;
}

unsigned parked_in_trampoline() {
    if (the_state == nullptr || the_state->closed.load(std::memory_order_relaxed) == 0) {
        return 0;
    }
    return the_state->entered.load(std::memory_order_relaxed) -
           the_state->left.load(std::memory_order_relaxed);
}

} // namespace hermit::arch
