#pragma once

namespace hermit::init {

/// Lets QEMU give this core a larger translation buffer. Does nothing on any other machine.
///
/// QEMU's emulation looks addresses up in a table per core, whose size it decides only when the
/// core forgets all translations, by how much of it was used: after a start with little use it has
/// 64 entries, of one 4 KiB page each. A core that hardly ever forgets them, as here, would keep
/// that and spend three quarters of its time on refilling it in a program that uses 200 KiB at
/// once.
void widen_emulated_tlb();

} // namespace hermit::init
