// The kernel's view of memory: start-up, the direct map, frames, kernel mappings and stacks.
#pragma once

#include <base/address.hpp>
#include <base/format.hpp>
#include <base/result.hpp>
#include <boot/boot_info.hpp>

#include <span>

namespace hermit::mm {

/// Where all physical memory is mapped, without execute permission.
inline constexpr std::uint64_t kDirectMap = 0xFFFF'8000'0000'0000;

/// The direct map's address of a physical address that it covers.
inline VirtAddr direct(PhysAddr address) { return VirtAddr{kDirectMap + address.value()}; }

/// Takes over from the loader: reads the memory map, reserves what is in use, completes the direct
/// map, sets up frame and virtual managers and the kernel heap, registers the application's .bss.
/// Boot core only, before other cores start. Panics if memory is too small, saying how much is
/// needed.
void initialize(const boot::BootInfo& info);

/// Physical memory of one NUMA node: [start, end).
struct NodeMemory {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    unsigned node = 0;
};
/// More than most firmware describes; memory in further ones is taken for node 0's.
inline constexpr std::size_t kMaxNodeRanges = 64;
/// Tells which memory is whose; sorted, without overlaps. Boot core, before other cores start.
void set_nodes(std::span<const NodeMemory> memory);

/// From now on this core's allocations and first touches are served from `node`, and from others
/// when it has nothing left. Returns the node that it was before; 0 in the beginning.
unsigned prefer_node(unsigned node);
/// The node that another core prefers; 0 until it has started.
unsigned node_of(unsigned core);
/// The node that this core's memory comes from first.
unsigned preferred_node();

/// Logs the free physical memory and the free kernel addresses, as in [thesis] appendix B.
void report();

/// Maps the page in which further cores start at its own address, read and execute. From now on the
/// direct map has it read-only: it is written before. Boot core, while no other runs; undone by
/// `unmap_trampoline` when no core is on its way in it.
void map_trampoline(PhysAddr page);
void unmap_trampoline();

/// Physical memory in 4 KiB granularity, contiguous. Errors: kOutOfMemory. Any context but NMI.
Result<PhysAddr> allocate_frames(std::uint64_t bytes, std::uint64_t alignment = 4 * kKiB);
/// As above for what an application stores (file contents): leaves the kernel its reserve, without
/// which memory that was promised could not be mapped any more.
Result<PhysAddr> allocate_spare_frames(std::uint64_t bytes, std::uint64_t alignment = 4 * kKiB);
/// Gives back frames, all or a part of an allocation. Freeing what is free ends the system.
void free_frames(PhysAddr start, std::uint64_t bytes);

/// Maps device registers, uncached, for good. Any alignment. Boot or thread context.
Result<VirtAddr> map_device(PhysAddr start, std::uint64_t bytes);
/// The same for video memory: stores may be gathered and come late, until a fence.
Result<VirtAddr> map_video(PhysAddr start, std::uint64_t bytes);

/// Kernel memory, mapped and zeroed, in 4 KiB granularity. Thread context or boot.
Result<VirtAddr> allocate_pages(std::uint64_t bytes);
/// Gives back what `allocate_pages` returned; `bytes` as it was asked for. No lock held.
void free_pages(VirtAddr start, std::uint64_t bytes);

/// A kernel stack (idle task, interrupt stacks) with an unmapped guard page below.
/// Returns the top, 16-byte aligned.
Result<VirtAddr> allocate_stack(std::uint64_t bytes);

/// This core is about to halt until an interrupt comes, and is not asked to forget translations
/// until `end_halt`, which every interrupt calls. Idle task, interrupts off.
void begin_halt();
void end_halt();

/// Whether [address, address + 8) can be read without a fault: for backtraces. Takes no lock.
bool is_readable(VirtAddr address);

/// Says what an address belongs to: "lies in a thread's stack, … to …, read write; no page there".
/// For reports of crashes, when no other core runs. Takes no lock. Any context.
void describe(VirtAddr address, TextSink& text);

/// The physical address behind a mapped virtual one. Errors: kNotFound.
Result<PhysAddr> translate(VirtAddr address);

} // namespace hermit::mm
