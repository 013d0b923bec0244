// What the application's address space holds before it starts.
#include "app_space.hpp"
#include "image.hpp"

#include <base/panic.hpp>

namespace hermit::mm::app {
namespace {

/// Addresses kept for the program break; memory is taken as it moves.
constexpr std::uint64_t kHeapAddresses = 1024 * kGiB;
constexpr std::uint64_t kFirstHeapAddress = 4 * kGiB;

/// Static data without contents in the image: backed on first touch, like all memory.
void add_static_data(AppSpace& app, VirtAddr start, VirtAddr end) {
    if (start == end) {
        return;
    }
    const bool promised = frames.with(
        [=](FrameManager& manager) { return static_cast<bool>(manager.promise(end - start)); });
    if (!promised) {
        const std::uint64_t available =
            frames.with([](const FrameManager& manager) { return manager.promisable_bytes(); });
        panic("The application's static data needs {} MiB of memory, {} MiB are available: "
              "give the machine more memory",
              align_up(end - start, kMiB) / kMiB, available / kMiB);
    }
    app.charged_bytes += end - start;
    app.regions.insert(start.value(), end.value(),
                       {.protection = {.read = true, .write = true}, .is_charged = true});
}

/// The application's large static data, beyond the reach of the small code model's addresses.
VirtAddr large_start() {
    std::uint64_t address;
    asm("movabsq $__lbss_start, %0" : "=r"(address));
    return VirtAddr{address};
}
VirtAddr large_end() {
    std::uint64_t address;
    asm("movabsq $__lbss_end, %0" : "=r"(address));
    return VirtAddr{address};
}

} // namespace

void initialize() {
    space.with([](AppSpace& app) {
        app.heap_start = large_end().align_up(kLargePage).value();
        if (app.heap_start < kFirstHeapAddress) {
            app.heap_start = kFirstHeapAddress;
        }
        app.heap_break = app.heap_start;
        app.heap_limit = app.heap_start + kHeapAddresses;
        app.regions.set_bounds(app.heap_limit, kCeiling);
        if (!app.prepare()) {
            panic("Too little memory: the kernel has none left when it has started");
        }
        add_static_data(app, VirtAddr{__app_bss_start}, VirtAddr{__app_bss_end});
        add_static_data(app, large_start(), large_end());
    });
}

} // namespace hermit::mm::app
