#include <arch/interrupts.hpp>

#include <arch/cpu.hpp>
#include <arch/descriptors.hpp>
#include <arch/interrupt_setup.hpp>
#include <arch/ledger.hpp>
#include <arch/local_apic.hpp>
#include <arch/optional_msr.hpp>
#include <arch/pic.hpp>
#include <arch/registers.hpp>
#include <arch/upcalls.hpp>
#include <base/assert.hpp>
#include <base/log.hpp>
#include <sync/per_core.hpp>

#include <atomic>

namespace hermit::arch {

extern "C" {
extern const std::uint8_t hermit_interrupt_stubs[256][16];
/// Top of this core's interrupt stack, for the switch to a preempted task.
HERMIT_PER_CORE PerCore<std::uint64_t> hermit_interrupt_stack_top;
}

namespace {

constexpr unsigned kVectors = 256;
constexpr unsigned kGeneralProtection = 13;
constexpr unsigned kPageFault = 14;

/// Interrupt gate in 64-bit mode. [intel/vol3] §6.14.1.
struct Gate {
    std::uint16_t offset_low;
    std::uint16_t selector;
    std::uint8_t stack;
    std::uint8_t type;
    std::uint16_t offset_middle;
    std::uint32_t offset_high;
    std::uint32_t reserved;
};
static_assert(sizeof(Gate) == 16);

constinit Gate gates[kVectors] = {};
constinit InterruptHandler handlers[kVectors] = {};

constinit std::atomic<unsigned> spurious{0};
constinit std::atomic<unsigned> unexpected{0};

InterruptStack stack_of(unsigned vector) {
    switch (vector) {
    case 2:
        return InterruptStack::kNmi;
    case 8:
        return InterruptStack::kDoubleFault;
    case kPageFault:
        return InterruptStack::kPageFault;
    case 18:
        return InterruptStack::kMachineCheck;
    default:
        return vector < vector::kFirstInterrupt ? InterruptStack::kException
                                                : InterruptStack::kInterrupt;
    }
}

Gate make_gate(unsigned vector) {
    const auto entry = reinterpret_cast<std::uint64_t>(hermit_interrupt_stubs[vector]);
    return Gate{
        .offset_low = static_cast<std::uint16_t>(entry),
        .selector = kCodeSelector,
        .stack = static_cast<std::uint8_t>(stack_of(vector)),
        .type = 0x8E, // present, interrupt gate: interrupts off on entry
        .offset_middle = static_cast<std::uint16_t>(entry >> 16),
        .offset_high = static_cast<std::uint32_t>(entry >> 32),
        .reserved = 0,
    };
}

void handle_interrupt(InterruptFrame& frame) {
    switch (frame.vector) {
    case vector::kTimer:
        end_of_interrupt();
        on_timer_interrupt();
        return;
    case vector::kReschedule:
        end_of_interrupt(); // what is to be done is done on the way out
        return;
    case vector::kFlush:
        on_flush_interrupt();
        end_of_interrupt();
        return;
    case vector::kStop:
        stop_here();
    case vector::kSpurious:
        spurious.fetch_add(1, std::memory_order_relaxed);
        return; // [intel/vol3] §10.9: no end-of-interrupt
    default:
        break;
    }
    if (frame.vector < vector::kFirstDevice) {
        acknowledge_stray_pic_interrupt(static_cast<unsigned>(frame.vector - vector::kPicFirst));
        return;
    }
    if (handlers[frame.vector] != nullptr) {
        handlers[frame.vector](frame);
    } else {
        // Once: a device that nobody knows may repeat it for ever.
        if (unexpected.fetch_add(1, std::memory_order_relaxed) == 0) {
            log::warning("Interrupt {} has no handler", frame.vector);
        }
    }
    end_of_interrupt();
}

[[gnu::always_inline]] inline SwitchRequest dispatch(InterruptFrame& frame, std::uint64_t vector) {
    if (vector == kPageFault) {
        on_page_fault(frame, read_cr2());
        return {};
    }
    if (vector < arch::vector::kFirstInterrupt) {
        if (vector != kGeneralProtection || !skip_missing_msr(frame)) {
            on_exception(frame);
        }
        return {};
    }
    on_interrupt_entry();
    handle_interrupt(frame);
    return on_interrupt_exit();
}

InterruptKind kind_of(std::uint64_t vector) {
    switch (vector) {
    case kPageFault:
        return InterruptKind::kPageFault;
    case vector::kTimer:
        return InterruptKind::kTimer;
    case vector::kReschedule:
        return InterruptKind::kReschedule;
    case vector::kFlush:
        return InterruptKind::kFlush;
    default:
        return InterruptKind::kOther;
    }
}

[[gnu::noinline]] SwitchRequest measured_dispatch(InterruptFrame& frame) {
    const std::uint64_t start = read_tsc();
    const InterruptKind kind = kind_of(frame.vector);
    const SwitchRequest request = dispatch(frame, frame.vector);
    const std::uint64_t ticks = read_tsc() - start;
    InterruptTicks& sums = interrupt_ticks.local();
    sums.by_kind[static_cast<unsigned>(kind)] += ticks;
    sums.sum += ticks;
    return request;
}

} // namespace

extern "C" SwitchRequest hermit_interrupt_dispatch(InterruptFrame& frame) {
    const std::uint64_t vector = frame.vector;
    interrupt_counts.count(vector);
    if (is_measuring) [[unlikely]] {
        return measured_dispatch(frame);
    }
    return dispatch(frame, vector);
}

void initialize_interrupt_table() {
    for (unsigned vector = 0; vector < kVectors; ++vector) {
        gates[vector] = make_gate(vector);
    }
}

void load_interrupt_table(std::uint64_t interrupt_stack_top) {
    hermit_interrupt_stack_top.set(interrupt_stack_top);
    const TablePointer pointer{sizeof(gates) - 1, reinterpret_cast<std::uint64_t>(gates)};
    asm volatile("lidt %0" : : "m"(pointer));
    write_cr4(read_cr4() | cr4::kMCE); // without it a machine check shuts the processor down
}

void set_interrupt_handler(unsigned vector, InterruptHandler handler) {
    ASSERT(vector >= vector::kFirstDevice && vector < vector::kTimer);
    handlers[vector] = handler;
}

StrayInterrupts stray_interrupts() {
    return {spurious.load(std::memory_order_relaxed), stray_pic_interrupts(),
            unexpected.load(std::memory_order_relaxed)};
}

const char* exception_name(std::uint64_t vector) {
    // [intel/vol3] Table 6-1.
    static constexpr const char* kNames[] = {
        "divide error",
        "debug exception",
        "non-maskable interrupt",
        "breakpoint",
        "overflow",
        "bound range exceeded",
        "invalid opcode",
        "device not available",
        "double fault",
        "coprocessor segment overrun",
        "invalid TSS",
        "segment not present",
        "stack-segment fault",
        "general protection fault",
        "page fault",
        "reserved exception 15",
        "x87 floating-point error",
        "alignment check",
        "machine check",
        "SIMD floating-point exception",
        "virtualization exception",
        "control protection exception",
    };
    return vector < sizeof(kNames) / sizeof(kNames[0]) ? kNames[vector] : "reserved exception";
}

} // namespace hermit::arch
