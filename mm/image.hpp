// Where the image's parts lie, by the linker script's symbols.
#pragma once

#include <base/address.hpp>

extern "C" {
extern char __image_start[];
extern char __data_end[];
extern char __app_bss_start[];
extern char __app_bss_end[];
extern char __lbss_start[];
extern char __lbss_end[];
}

namespace hermit::mm {

/// All that the loader mapped: text, constants, data and the kernel's own zeroed data.
inline VirtAddr image_start() { return VirtAddr{__image_start}; }
inline VirtAddr image_end() { return VirtAddr{__data_end}; }

} // namespace hermit::mm
