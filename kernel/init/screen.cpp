#include "screen.hpp"

#include "console.hpp"

#include <base/address.hpp>
#include <base/log.hpp>
#include <mm/heap.hpp>
#include <mm/memory.hpp>
#include <screen/framebuffer.hpp>
#include <screen/terminal.hpp>
#include <screen/vga_text.hpp>

#include <new>

namespace hermit::init {
namespace {

/// For good, out of the kernel's heap. Null without memory.
template <class T, class... Arguments>
T* make(Arguments&&... arguments) {
    void* const place = mm::heap_allocate(sizeof(T), alignof(T));
    return place != nullptr ? new (place) T{arguments...} : nullptr;
}

screen::Display* open_text(const boot::Screen& found) {
    constexpr std::uint32_t kMost = 200; // columns or rows: what the text memory's 32 KiB hold
    if (found.width == 0 || found.width > kMost || found.height == 0 || found.height > kMost / 2 ||
        found.width * found.height * 2 > 32 * kKiB) {
        return nullptr;
    }
    auto mapped = mm::map_device(PhysAddr{screen::kVgaTextMemory}, found.width * found.height * 2);
    return mapped ? make<screen::VgaText>(mapped->as<volatile std::uint16_t>(), found.width,
                                          found.height)
                  : nullptr;
}

screen::Display* open_framebuffer(const boot::Screen& found) {
    const auto field = [](boot::ColourBits colour) {
        return screen::ColourField{colour.position, colour.bits};
    };
    const screen::PointFormat format{
        .width = found.width,
        .height = found.height,
        .pitch = found.pitch,
        .bits_per_pixel = found.bits_per_pixel,
        .red = field(found.red),
        .green = field(found.green),
        .blue = field(found.blue),
    };
    if (!screen::is_usable(format)) {
        return nullptr;
    }
    auto mapped = mm::map_video(PhysAddr{found.address}, format.bytes());
    return mapped ? make<screen::Framebuffer>(mapped->as<volatile std::uint8_t>(), format)
                  : nullptr;
}

} // namespace

void open_screen(const boot::Screen& found) {
    if (found.address == 0) {
        return;
    }
    screen::Display* const display = found.kind == boot::ScreenKind::kText ? open_text(found)
                                     : found.kind == boot::ScreenKind::kDirectColour
                                         ? open_framebuffer(found)
                                         : nullptr;
    void* const memory =
        display != nullptr ? mm::heap_allocate(screen::Terminal::memory_bytes(*display)) : nullptr;
    screen::Terminal* const terminal =
        memory != nullptr ? make<screen::Terminal>(*display, static_cast<char*>(memory)) : nullptr;
    if (terminal == nullptr) {
        log::warning("Cannot use the screen: kind {}, {} x {}, {} bits, pitch {}",
                     static_cast<unsigned>(found.kind), found.width, found.height,
                     found.bits_per_pixel, found.pitch);
        return;
    }
    connect_screen(*terminal);
}

} // namespace hermit::init
