#include <arch/local_apic.hpp>

#include <arch/apic_registers.hpp>
#include <arch/core_setup.hpp>
#include <arch/cpu.hpp>
#include <arch/cpuid.hpp>
#include <arch/features.hpp>
#include <arch/interrupts.hpp>
#include <arch/registers.hpp>

namespace hermit::arch {
namespace {

using apic::Register;

constexpr unsigned kPatience = 1'000'000; // polls of a busy command register

volatile std::uint32_t* mapped_registers = nullptr;
bool x2apic_mode = false;

/// Registers in memory, 16 bytes apart; every access is strongly ordered (uncached).
struct MemoryAccess {
    static std::uint32_t read(Register index) {
        return mapped_registers[static_cast<std::uint32_t>(index) * 4];
    }
    static void write(Register index, std::uint32_t value) {
        mapped_registers[static_cast<std::uint32_t>(index) * 4] = value;
    }
    static bool send(std::uint32_t apic_id, std::uint32_t command) {
        write(Register::kInterruptCommandHigh, apic_id << 24);
        write(Register::kInterruptCommand, command);
        for (unsigned i = 0; i < kPatience; ++i) {
            if ((read(Register::kInterruptCommand) & apic::kPending) == 0) {
                return true;
            }
            pause();
        }
        return false;
    }
};

/// Registers as MSRs. [intel/vol3] §10.12.
struct MsrAccess {
    static std::uint32_t number(Register index) {
        return msr::kX2APIC_FIRST + static_cast<std::uint32_t>(index);
    }
    static std::uint32_t read(Register index) {
        return static_cast<std::uint32_t>(read_msr(number(index)));
    }
    static void write(Register index, std::uint32_t value) { write_msr(number(index), value); }
    static bool send(std::uint32_t apic_id, std::uint32_t command) {
        // These writes do not serialise: without the fences the interrupt could overtake the
        // stores that it announces. [intel/vol3] §10.12.3.
        asm volatile("mfence; lfence" : : : "memory");
        write_msr(number(Register::kInterruptCommand), (std::uint64_t{apic_id} << 32) | command);
        return true;
    }
};

/// Calls `use` with the access policy in force.
template <class Use>
decltype(auto) with_access(Use&& use) {
    return x2apic_mode ? use(MsrAccess{}) : use(MemoryAccess{});
}

} // namespace

std::uint64_t apic_physical_address() {
    return read_msr(msr::kAPIC_BASE) &
           ((std::uint64_t{1} << features().physical_address_bits) - 1) & ~std::uint64_t{0xFFF};
}

bool apic_needs_mapping() { return !features().x2apic; }

void select_apic_mode(void* registers) {
    x2apic_mode = features().x2apic;
    mapped_registers = static_cast<volatile std::uint32_t*>(registers);
}

bool apic_is_x2apic() { return x2apic_mode; }

void enable_apic() {
    std::uint64_t base = read_msr(msr::kAPIC_BASE) | msr::kAPIC_BASE_EN;
    write_msr(msr::kAPIC_BASE, base);
    if (x2apic_mode) {
        write_msr(msr::kAPIC_BASE, base | msr::kAPIC_BASE_EXTD);
    }
    with_access([](auto access) {
        access.write(Register::kTaskPriority, 0);
        // First: as long as the APIC is off by software, as it is after INIT, its entries stay
        // masked whatever is written to them. [intel/vol3] §10.4.7.2.
        access.write(Register::kSpurious, apic::kSoftwareEnable | vector::kSpurious);
        const auto pin = [](std::uint8_t number) {
            return machine().is_nmi_pin(this_apic_id(), number) ? apic::kDeliverNmi : apic::kMasked;
        };
        access.write(Register::kLint0Entry, pin(0));
        access.write(Register::kLint1Entry, pin(1));
        access.write(Register::kErrorEntry, apic::kMasked);
        const std::uint32_t mode = features().tsc_deadline ? apic::kTimerTscDeadline : 0;
        access.write(Register::kTimerEntry, vector::kTimer | mode);
    });
}

std::uint32_t this_apic_id() {
    if (cpuid(0).eax >= 0xB) {
        const CpuidResult topology = cpuid(0xB);
        if (topology.ebx != 0) { // else the leaf is there but empty
            return topology.edx;
        }
    }
    return cpuid(1).ebx >> 24;
}

void end_of_interrupt() {
    with_access([](auto access) { access.write(Register::kEndOfInterrupt, 0); });
}

bool send_ipi(std::uint32_t apic_id, std::uint32_t command) {
    return with_access([&](auto access) { return access.send(apic_id, command); });
}

void start_apic_timer(std::uint32_t count, bool divide_by_128) {
    with_access([&](auto access) {
        access.write(Register::kTimerDivide, divide_by_128 ? apic::kDivideBy128 : apic::kDivideBy1);
        access.write(Register::kTimerInitialCount, count);
    });
}

std::uint32_t apic_timer_count() {
    return with_access([](auto access) { return access.read(Register::kTimerCurrentCount); });
}

} // namespace hermit::arch
