// The two 8259 interrupt controllers: moved out of the exceptions' way and masked for good.
#pragma once

namespace hermit::arch {

/// Remaps both controllers to vectors from `vector::kPicFirst` on and masks all lines. Boot core.
void disable_pic();

/// Where the 8259s stand between devices and the local APIC, as MultiProcessor tables tell: takes
/// them out of the way. [intel/mp] §3.6.2.1. Boot core.
void leave_pic_mode();

/// A masked 8259 can still raise its spurious interrupt (lines 7 and 15): counts it, and
/// acknowledges what the controller needs. Interrupt context.
void acknowledge_stray_pic_interrupt(unsigned line);

/// How many such interrupts came.
unsigned stray_pic_interrupts();

} // namespace hermit::arch
