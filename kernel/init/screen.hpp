// The machine's own screen, for those who stand in front of it.
#pragma once

#include <boot/boot_info.hpp>

namespace hermit::init {

/// Shows the console on the screen that the boot loader left, if it left one that we know: text of
/// a VGA or a framebuffer with direct colours. Boot; memory works.
void open_screen(const boot::Screen& found);

} // namespace hermit::init
