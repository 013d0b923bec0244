#include "kernel_space.hpp"

#include <arch/paging.hpp>
#include <sync/irq_guard.hpp>

namespace hermit::mm {

static_assert(PageTableFormatPolicy<arch::PageTableFormat>);
static_assert(TableMemory<DirectTables, arch::PageTableEntry>);
static_assert(TableSource<FrameTables>);

constinit Protected<FrameManager> frames{LockRank::kFrames, kDirectMap};
constinit Protected<KernelPageTable> page_table{LockRank::kPageTable, PhysAddr{0}, DirectTables{},
                                                FrameTables{}};

namespace {

constinit KernelPageTable unlocked_table{PhysAddr{0}, DirectTables{}, FrameTables{}};

} // namespace

KernelPageTable& shared_page_table() { return unlocked_table; }

Result<Mapping<PageAttributes>> find_page(VirtAddr address) {
    const IrqGuard no_answer_to_a_flush;
    return unlocked_table.translate(address);
}

void use_page_table(PhysAddr root) {
    unlocked_table = KernelPageTable{root, DirectTables{}, FrameTables{}};
    page_table.with([](KernelPageTable& table) { table = unlocked_table; });
}

Result<PhysAddr> FrameTables::allocate_table() const {
    const PhysAddr table = TRY(frames.with([](FrameManager& manager) {
        return manager.allocate(FrameManager::kFrame, FrameManager::kFrame);
    }));
    clear(direct(table), FrameManager::kFrame);
    return table;
}

void FrameTables::release_table(PhysAddr table) const {
    frames.with([=](FrameManager& manager) { manager.free(table, FrameManager::kFrame); });
}

Result<PhysAddr> allocate_frames(std::uint64_t bytes, std::uint64_t alignment) {
    back_stack();
    return frames.with([=](FrameManager& manager) {
        return manager.allocate(align_up(bytes, FrameManager::kFrame), alignment);
    });
}

Result<PhysAddr> allocate_spare_frames(std::uint64_t bytes, std::uint64_t alignment) {
    back_stack();
    return frames.with([=](FrameManager& manager) {
        return manager.allocate_unpromised(align_up(bytes, FrameManager::kFrame), alignment);
    });
}

void free_frames(PhysAddr start, std::uint64_t bytes) {
    back_stack();
    frames.with(
        [=](FrameManager& manager) { manager.free(start, align_up(bytes, FrameManager::kFrame)); });
}

Result<PhysAddr> translate(VirtAddr address) { return TRY(find_page(address)).address; }

bool is_readable(VirtAddr address) {
    for (const VirtAddr byte : {address, address + 7}) {
        auto mapping = find_page(byte);
        if (!mapping || !mapping->attributes.readable) {
            return false;
        }
    }
    return true;
}

} // namespace hermit::mm
