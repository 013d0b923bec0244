// Mappings in the kernel's own part of the address space, below 4 GiB.
#include "app_space.hpp"
#include "fault_gate.hpp"
#include "flush.hpp"
#include "kernel_space.hpp"

#include <base/log.hpp>
#include <base/panic.hpp>

namespace hermit::mm {
namespace {

constexpr std::uint64_t kPage = 4 * kKiB;
constexpr std::size_t kSpareNodes = 2;

constinit Protected<FreeList> addresses{LockRank::kHeap, kPage, 2 * kMiB};
alignas(16) constinit char first_nodes[1024];
constinit VirtAddr trampoline;

Result<VirtAddr> allocate_addresses(std::uint64_t bytes, std::uint64_t alignment) {
    return addresses.with([=](FreeList& list) -> Result<VirtAddr> {
        if (list.spare_nodes() < kSpareNodes) {
            const PhysAddr frame = TRY(
                frames.with([](FrameManager& manager) { return manager.allocate(kPage, kPage); }));
            list.add_nodes(direct(frame).as<void>(), kPage);
        }
        return VirtAddr{TRY(list.allocate_aligned(bytes, alignment))};
    });
}

void free_addresses(VirtAddr start, std::uint64_t bytes) {
    const bool done = addresses.with([=](FreeList& list) {
        if (list.spare_nodes() < kSpareNodes) {
            if (auto frame = frames.with(
                    [](FrameManager& manager) { return manager.allocate(kPage, kPage); })) {
                list.add_nodes(direct(*frame).as<void>(), kPage);
            }
        }
        return static_cast<bool>(list.deallocate(start.value(), bytes));
    });
    if (!done) {
        log::warning("kernel addresses from {} ({} bytes) are lost or were freed twice", start,
                     bytes);
    }
}

void unmap_pages(VirtAddr start, std::uint64_t bytes, bool free_frames = true) {
    const VirtAddr end = start + bytes;
    // A table that becomes empty may cover addresses of the application, too.
    const ChangeGuard faults_take_the_lock;
    while (start < end) {
        Unmapped unmapped;
        // Cannot fail: kernel memory is mapped in small pages, none has to be split.
        start = *app::space.with([&](const app::AppSpace&) {
            return page_table.with(
                [&](KernelPageTable& table) { return table.unmap(start, end - start, unmapped); });
        });
        unmapped.release(free_frames);
    }
}

/// Backs kernel addresses with zeroed frames.
Result<void> back(VirtAddr start, std::uint64_t bytes) {
    for (std::uint64_t done = 0; done < bytes; done += kPage) {
        auto frame =
            frames.with([](FrameManager& manager) { return manager.allocate(kPage, kPage); });
        if (frame) {
            clear(direct(*frame), kPage);
            auto mapped = page_table.with([&](KernelPageTable& table) {
                return table.map_page(start + done, *frame, {.writable = true},
                                      arch::Size4K::kLevel);
            });
            if (mapped) {
                continue;
            }
            mm::free_frames(*frame, kPage);
        }
        if (done != 0) {
            unmap_pages(start, done);
        }
        return Error{Errc::kOutOfMemory, "no frames for kernel memory"};
    }
    return {};
}

/// Addresses with `guard` unmapped bytes below `bytes` of memory. Returns where the memory starts.
Result<VirtAddr> allocate_guarded(std::uint64_t bytes, std::uint64_t guard) {
    const VirtAddr start = TRY(allocate_addresses(guard + bytes, kPage));
    if (auto backed = back(start + guard, bytes); !backed) {
        free_addresses(start, guard + bytes);
        return backed.error();
    }
    return start + guard;
}

/// Memory that is no RAM, in pages as large as may be.
Result<VirtAddr> map_foreign(PhysAddr start, std::uint64_t bytes, arch::PageAttributes attributes) {
    back_stack();
    if (bytes == 0 || start.value() + bytes < start.value()) {
        return Error{Errc::kInvalidArgument, "device memory range"};
    }
    const PhysAddr first = start.align_down(kPage);
    const std::uint64_t length = (start + bytes).align_up(kPage) - first;
    const std::uint64_t alignment =
        first.is_aligned(2 * kMiB) && length >= 2 * kMiB ? 2 * kMiB : kPage;
    const VirtAddr address = TRY(allocate_addresses(length, alignment));
    auto mapped = page_table.with([&](KernelPageTable& table) {
        return table.map(address, first, length, attributes, arch::Size2M::kLevel);
    });
    if (!mapped) {
        free_addresses(address, length);
        return mapped.error();
    }
    return address + (start - first);
}

} // namespace

void initialize_kernel_addresses(VirtAddr start) {
    addresses.with([=](FreeList& list) {
        list.add_nodes(first_nodes, sizeof(first_nodes));
        ASSERT(list.deallocate(start.value(), 4 * kGiB - start.value()));
    });
}

void report_kernel_addresses() {
    addresses.with([](const FreeList& list) {
        list.for_each([](Range range) {
            log::info("{:013x} - {:013x}", VirtAddr{range.start}, VirtAddr{range.end});
        });
    });
}

Result<VirtAddr> allocate_pages(std::uint64_t bytes) {
    back_stack();
    return allocate_guarded(align_up(bytes, kPage), 0);
}

void free_pages(VirtAddr start, std::uint64_t bytes) {
    back_stack();
    bytes = align_up(bytes, kPage);
    unmap_pages(start, bytes);
    free_addresses(start, bytes);
}

Result<VirtAddr> allocate_stack(std::uint64_t bytes) {
    back_stack();
    bytes = align_up(bytes, kPage);
    return TRY(allocate_guarded(bytes, kPage)) + bytes;
}

Result<VirtAddr> map_device(PhysAddr start, std::uint64_t bytes) {
    return map_foreign(start, bytes, {.writable = true, .uncached = true});
}

Result<VirtAddr> map_video(PhysAddr start, std::uint64_t bytes) {
    return map_foreign(start, bytes, {.writable = true, .write_combining = true});
}

void map_trampoline(PhysAddr page) {
    Unmapped changes;
    auto mapped = page_table.with([&](KernelPageTable& table) -> Result<void> {
        TRY(table.protect(direct(page), kPage, {}, [&](VirtAddr changed, std::uint64_t bytes) {
            changes.changed(changed, bytes);
        }));
        return table.map_page(VirtAddr{page.value()}, page, {.executable = true},
                              arch::Size4K::kLevel);
    });
    if (!mapped) {
        panic("Cannot map the page in which cores start: {}", mapped.error().context);
    }
    changes.release();
    trampoline = VirtAddr{page.value()};
}

void unmap_trampoline() { unmap_pages(trampoline, kPage, false); }

} // namespace hermit::mm
