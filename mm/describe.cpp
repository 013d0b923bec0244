// What an address belongs to, in words: for reports of crashes.
#include "app_space.hpp"
#include "kernel_space.hpp"

#include <base/format.hpp>

extern "C" {
extern const char __text_end[];
extern const char __rodata_end[];
}

namespace hermit::mm {
namespace {

constexpr std::uint64_t kPage = 4 * kKiB;
constexpr std::uint64_t kLowerHalfEnd = 0x0000'8000'0000'0000;
constexpr std::uint64_t kUpperHalf = 0xFFFF'8000'0000'0000;

struct Rights {
    bool read, write, execute;
};

void say_rights(TextSink& text, Rights rights) {
    if (!rights.read && !rights.write && !rights.execute) {
        format_to(text, "no access");
        return;
    }
    format_to(text, "{}{}{}", rights.read ? "read" : "", rights.write ? " write" : "",
              rights.execute ? " execute" : "");
}

/// What the page table knows, without a lock.
void say_page(TextSink& text, VirtAddr address) {
    auto mapping = find_page(address);
    if (!mapping) {
        format_to(text, "; no page there");
        return;
    }
    format_to(text, "; in a page of {} KiB (", mapping->page_bytes / kKiB);
    const PageAttributes& attributes = mapping->attributes;
    say_rights(text, {attributes.readable, attributes.writable, attributes.executable});
    format_to(text, ")");
}

const char* kind_of(const app::AppSpace& app, const app::Region& region) {
    if (region.properties.is_dying) {
        return "memory that is being unmapped";
    }
    const app::Protection& protection = region.properties.protection;
    if (!protection.read && !protection.write && !protection.execute && is_guard(app, region)) {
        return "the guard page below a stack";
    }
    if (region.properties.is_stack) {
        return "a thread's stack";
    }
    if (region.start < app.heap_start) {
        return "the program's zeroed data";
    }
    return region.start < app.heap_break ? "the heap (sbrk)" : "a mapping";
}

void say_region(TextSink& text, const app::AppSpace& app, const app::Region& region) {
    const app::Protection& protection = region.properties.protection;
    format_to(text, "{}, {} to {}, ", kind_of(app, region), VirtAddr{region.start},
              VirtAddr{region.end});
    say_rights(text, {protection.read, protection.write, protection.execute});
}

/// An address between regions is often one that ran out of one of them.
void say_neighbours(TextSink& text, const app::AppSpace& app, VirtAddr address) {
    constexpr std::uint64_t kNear = kMiB;
    const std::uint64_t at = address.value();
    format_to(text, "lies where nothing is mapped");
    if (const app::Region* const above = app.regions.first_above(at);
        above != nullptr && above->start - at <= kNear) {
        format_to(text, ", {} bytes below ", above->start - at);
        say_region(text, app, *above);
    }
    for (std::uint64_t back = kPage; back <= kNear; back += kPage) {
        if (at < back) {
            return;
        }
        if (const app::Region* const below = app.regions.find(at - back)) {
            format_to(text, ", {} bytes behind the end of ", at - below->end);
            say_region(text, app, *below);
            return;
        }
    }
}

void describe_application(TextSink& text, VirtAddr address) {
    const bool known = app::space.if_free([&](const app::AppSpace& app) {
        if (const app::Region* const region = app.regions.find(address.value())) {
            format_to(text, "lies in ");
            say_region(text, app, *region);
        } else {
            say_neighbours(text, app, address);
        }
    });
    if (!known) {
        format_to(text, "is the application's (its map was being changed)");
    }
}

void describe_image(TextSink& text, VirtAddr address) {
    if (address < VirtAddr{__text_end}) {
        format_to(text, "lies in the image's code");
    } else if (address < VirtAddr{__rodata_end}) {
        format_to(text, "lies in the image's constants");
    } else {
        format_to(text, "lies in the image's data");
    }
}

void describe_kernel(TextSink& text, VirtAddr address) {
    format_to(text, "lies in the kernel's memory");
    if (!find_page(address) && find_page(address.align_down(kPage) + kPage)) {
        format_to(text, ", in the guard page below a kernel stack");
    }
}

} // namespace

void describe(VirtAddr address, TextSink& text) {
    const std::uint64_t at = address.value();
    if (at < kPage) {
        format_to(text, "is a null pointer, or an offset from one: nothing is ever mapped there");
        return;
    }
    if (at >= kLowerHalfEnd && at < kUpperHalf) {
        format_to(text, "is no address: its upper 17 bits differ");
        return;
    }
    if (at >= kUpperHalf) {
        format_to(text, "would be physical memory from {}", PhysAddr{at - kDirectMap});
    } else if (address < image_start()) {
        format_to(text, "lies below the image");
    } else if (address < image_end()) {
        describe_image(text, address);
    } else if (at < VirtAddr{__app_bss_end}.value() || at >= 4 * kGiB) {
        describe_application(text, address);
    } else {
        describe_kernel(text, address);
    }
    say_page(text, address);
}

} // namespace hermit::mm
