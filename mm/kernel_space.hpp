// The machine's memory managers as the parts of mm share them: frames, page table, kernel
// addresses. All entry points of mm are called with any stack; see StackProbe.
#pragma once

#include "frames.hpp"
#include "image.hpp"
#include "page_table.hpp"

#include <mm/memory.hpp>

#include <arch/paging.hpp>
#include <sync/spin_lock.hpp>

#include <atomic>

namespace hermit::mm {

using arch::PageAttributes;

/// Tables are reached through the direct map.
struct DirectTables {
    using Entry = arch::PageTableEntry;
    static std::uint64_t* slot(PhysAddr table, unsigned index) {
        return direct(table).as<std::uint64_t>() + index;
    }
    Entry load(PhysAddr table, unsigned index) const {
        // Acquire pairs with the release in store(): a table that is found is filled.
        return Entry{std::atomic_ref{*slot(table, index)}.load(std::memory_order_acquire)};
    }
    void store(PhysAddr table, unsigned index, Entry entry) const {
        std::atomic_ref{*slot(table, index)}.store(entry.value(), std::memory_order_release);
    }
    bool replace(PhysAddr table, unsigned index, Entry seen, Entry entry) const {
        return replace_entry(slot(table, index), seen, entry);
    }
    static bool replace_entry(std::uint64_t* slot, Entry seen, Entry entry) {
        std::uint64_t expected = seen.value();
        // As load() and store(): what the entry leads to is ready when it is seen.
        return std::atomic_ref{*slot}.compare_exchange_strong(
            expected, entry.value(), std::memory_order_acq_rel, std::memory_order_relaxed);
    }
};

/// Takes zeroed frames from the physical manager, on the kernel's account.
struct FrameTables {
    Result<PhysAddr> allocate_table() const;
    void release_table(PhysAddr table) const;
};

using KernelPageTable = PageTable<arch::PageTableFormat, DirectTables, FrameTables>;

extern Protected<FrameManager> frames;
extern Protected<KernelPageTable> page_table;

/// The same tables for those who fill empty entries without a lock: see fault_gate.hpp.
KernelPageTable& shared_page_table();

/// The translation of an address. Takes no lock: an entry changes as a whole, and a table that is
/// taken out is not used again before all cores have answered to a flush, which this one does not
/// in the middle of a walk, because that has interrupts off. Errors: kNotFound. Any context.
Result<Mapping<PageAttributes>> find_page(VirtAddr address);

/// Makes the loader's tables ours. Start-up.
void use_page_table(PhysAddr root);

/// Fills memory with zeros. Frames are cleared through the direct map.
inline void clear(VirtAddr start, std::uint64_t bytes) {
    void* target = start.as<void>();
    std::uint64_t words = bytes / 8;
    asm volatile("rep stosq" : "+D"(target), "+c"(words) : "a"(0) : "memory");
}

/// From now on the kernel heap has frames to take its memory from. Start-up.
void open_heap();
/// From now on each of the nodes has a heap of its own. Start-up; once.
void open_node_heaps(unsigned nodes);

/// The kernel's addresses from `start` to 4 GiB become the virtual manager's.
void initialize_kernel_addresses(VirtAddr start);
/// Logs the ranges of kernel addresses that are free.
void report_kernel_addresses();

/// Stacks of threads are backed on first touch (also those that the program made of its static
/// data), and a page fault needs mm's locks: so whoever is about to take one of them on such a
/// stack makes sure that the next `pages` of it are there. At
/// the start of each of mm's entry points; not needed in the fault handler, whose stack is always
/// backed. Those that are called with the application space's lock held ask for no more than that
/// one's holder, further up, has made sure of.
inline void back_stack(unsigned pages = 1) {
    constexpr std::uint64_t kFirstApplicationAddress = 4 * kGiB;
    constexpr std::uint64_t kLastApplicationAddress = 0x7FFF'FFFF'FFFF;
    const auto stack = reinterpret_cast<std::uint64_t>(__builtin_frame_address(0));
    const bool is_static =
        stack >= VirtAddr{__app_bss_start}.value() && stack < VirtAddr{__app_bss_end}.value();
    if (is_static || (stack >= kFirstApplicationAddress && stack <= kLastApplicationAddress)) {
        for (unsigned page = 1; page <= pages; ++page) {
            // A read: below a small stack may lie somebody else's data.
            static_cast<void>(*reinterpret_cast<const volatile char*>(stack - page * 4 * kKiB));
        }
    }
}

} // namespace hermit::mm
