#include "running_cores.hpp"

#include <arch/apic_registers.hpp>
#include <arch/caches.hpp>
#include <arch/core.hpp>
#include <arch/core_setup.hpp>
#include <arch/cpu.hpp>
#include <arch/extended_state.hpp>
#include <arch/features.hpp>
#include <arch/interrupt_setup.hpp>
#include <arch/interrupts.hpp>
#include <arch/ledger.hpp>
#include <arch/local_apic.hpp>
#include <arch/registers.hpp>
#include <arch/topology.hpp>
#include <base/address.hpp>
#include <base/core_set.hpp>
#include <base/memory.hpp>

extern "C" {
extern char __percore_start[];
extern char __percore_end[];
extern char __core0_percore_start[];
extern bool hermit_has_fsgsbase;
extern bool hermit_has_fast_strings;
extern bool hermit_switch_is_plain;
}

namespace hermit {

HERMIT_PER_CORE PerCore<std::uintptr_t> per_core_distance;

namespace arch {

HERMIT_PER_CORE PerCore<unsigned> this_core_index;

namespace {

const firmware::Machine* described = nullptr;

// By dense index, for the running cores.
std::uint32_t apic_id_of[kMaxCores];
TopologyShifts topology; // the boot core's word, which holds for the others too
std::uintptr_t distance_of[kMaxCores];
unsigned running = 1;

/// Interrupt stacks of the boot core, needed before there is a memory manager.
alignas(16) char boot_interrupt_stacks[kInterruptStacks][kInterruptStackBytes];

/// The GS base with which per-core variables are found in `block`.
std::uintptr_t distance_to(const void* block) {
    return reinterpret_cast<std::uintptr_t>(block) -
           reinterpret_cast<std::uintptr_t>(__percore_start);
}

} // namespace

/// Entry 1 of the page attribute table, which a page with PWT alone selects and which is
/// write-through after a reset, becomes write-combining; the others stay. No page selected it
/// before. Every processor with 64-bit mode has the table. [intel/vol3] §12.12.
void enable_write_combining() {
    constexpr std::uint64_t kWriteCombining = 1;
    constexpr unsigned kEntry = 8; // bits
    const std::uint64_t others = read_msr(msr::kPAT) & ~(std::uint64_t{0xFF} << kEntry);
    write_msr(msr::kPAT, others | kWriteCombining << kEntry);
}

void set_up_storage(void* block, unsigned index) {
    hermit_memcpy(block, __percore_start, per_core_bytes());
    const std::uintptr_t distance = distance_to(block);
    write_msr(msr::kGS_BASE, distance);
    per_core_distance.set(distance);
    this_core_index.set(index);
    distance_of[index] = distance;
}

unsigned add_running_core(std::uint32_t apic_id, const void* storage) {
    const unsigned index = running++;
    apic_id_of[index] = apic_id;
    distance_of[index] = distance_to(storage);
    return index;
}

std::size_t per_core_bytes() {
    return align_up(static_cast<std::size_t>(__percore_end - __percore_start), 64);
}

void set_up_boot_core() {
    detect_features();
    set_up_storage(__core0_percore_start, 0);
    InterruptStackTops stacks;
    for (unsigned i = 0; i < kInterruptStacks; ++i) {
        stacks.top[i] = reinterpret_cast<std::uint64_t>(boot_interrupt_stacks[i + 1]);
    }
    load_descriptors(stacks);
    initialize_interrupt_table();
    load_interrupt_table(stacks.top[0]);
    enable_extended_state();
    enable_write_combining();
    hermit_has_fast_strings = features().fast_strings;
    hermit_has_fsgsbase = hermit_switch_is_plain = features().fsgsbase;
    begin_system_management_count();
    topology = read_topology(cpuid);
    apic_id_of[0] = this_apic_id();
}

unsigned core_count() { return running; }

void describe_machine(const firmware::Machine& machine) { described = &machine; }

const firmware::Machine& machine() { return *described; }

std::uint32_t apic_id_of_core(unsigned core) { return apic_id_of[core]; }

Caches caches() { return read_caches(cpuid, topology); }

CorePlace place_of_core(unsigned core) { return place_of(topology, apic_id_of[core]); }

void send_reschedule(unsigned core) {
    ipi_counts.count(Ipi::kReschedule);
    send_ipi(apic_id_of[core], apic::kDeliverFixed | apic::kAssert | vector::kReschedule);
}

void send_flush(unsigned core) {
    ipi_counts.count(Ipi::kFlush);
    send_ipi(apic_id_of[core], apic::kDeliverFixed | apic::kAssert | vector::kFlush);
}

void send_halt(unsigned core) {
    ipi_counts.count(Ipi::kStop);
    send_ipi(apic_id_of[core], apic::kDeliverFixed | apic::kAssert | vector::kStop);
}

void send_stop(unsigned core) {
    ipi_counts.count(Ipi::kNmi);
    send_ipi(apic_id_of[core], apic::kDeliverNmi | apic::kAssert);
}

} // namespace arch

std::uintptr_t per_core_distance_of(unsigned core) { return arch::distance_of[core]; }

} // namespace hermit
