#include "cores.hpp"

#include "emulator.hpp"
#include "firmware.hpp"

#include <arch/core.hpp>
#include <arch/core_setup.hpp>
#include <arch/cpu.hpp>
#include <arch/features.hpp>
#include <arch/local_apic.hpp>
#include <arch/time.hpp>
#include <arch/upcalls.hpp>
#include <base/core_set.hpp>
#include <base/log.hpp>
#include <base/panic.hpp>
#include <mm/heap.hpp>
#include <mm/memory.hpp>
#include <sched/scheduler.hpp>

namespace hermit {
namespace init {
namespace {

constexpr std::uint64_t kBootStackBytes = 16 * kKiB; // becomes the idle task's

Result<arch::CoreResources> make_resources() {
    arch::CoreResources resources{};
    resources.boot_stack_top = TRY(mm::allocate_stack(kBootStackBytes)).value();
    resources.boot_stack_bytes = kBootStackBytes;
    for (std::uint64_t& top : resources.interrupt_stacks.top) {
        top = TRY(mm::allocate_stack(arch::kInterruptStackBytes)).value();
    }
    resources.per_core_storage = TRY(mm::allocate_pages(arch::per_core_bytes())).as<void>();
    return resources;
}

/// Tells the memory manager which memory is near to which core. This core has its own from here on.
void set_nodes() {
    const arch::firmware::Affinity* const affinity = node_affinity();
    if (affinity == nullptr) {
        return;
    }
    static constinit mm::NodeMemory memory[mm::kMaxNodeRanges] = {};
    std::size_t count = 0;
    for (const arch::firmware::NodeRange& range : affinity->ranges()) {
        if (count == mm::kMaxNodeRanges) {
            log::warning("More than {} ranges of memory: the others count as node 0's", count);
            break;
        }
        memory[count++] = {range.start, range.end, range.node};
    }
    mm::set_nodes({memory, count});
    log::info("NUMA nodes:             {}", affinity->node_count());
}

/// Where the memory of the core with this APIC ID is to come from.
unsigned node_of(std::uint32_t apic_id) {
    const arch::firmware::Affinity* const affinity = node_affinity();
    return affinity == nullptr ? 0 : affinity->node_of_processor(apic_id);
}

/// Returns how many cores there are with this one.
unsigned announce(const arch::firmware::Machine& machine, unsigned limit) {
    const std::uint32_t own = arch::this_apic_id();
    unsigned announced = 1;
    for (unsigned i = 0; i < machine.processor_count; ++i) {
        const std::uint32_t id = machine.apic_id[i];
        if (id == own) {
            continue;
        }
        if (announced == limit) {
            log::warning("More than {} cores: the others stay parked", limit);
            break;
        }
        if (id > 0xFE && !arch::apic_is_x2apic()) {
            log::warning("Core with APIC ID {} needs x2APIC and is left out", id);
            continue;
        }
        const unsigned own_node = mm::prefer_node(node_of(id));
        auto resources = make_resources();
        mm::prefer_node(own_node);
        if (!resources) {
            log::warning("Out of memory for core with APIC ID {}: it is left out", id);
            break;
        }
        arch::add_core(id, *resources);
        ++announced;
    }
    return announced;
}

void start_announced_cores(std::uint64_t patience_ns, std::uint64_t usual_ns) {
    arch::write_trampoline(mm::direct(PhysAddr{arch::kTrampolinePage}).as<void>(),
                           mm::direct(PhysAddr{arch::kTrampolineState}).as<void>());
    mm::map_trampoline(PhysAddr{arch::kTrampolinePage});
    const unsigned count = arch::start_cores(patience_ns);
    const std::uint64_t end = arch::now_ns() + 2 * usual_ns;
    while (sched::ready_cores() < count) {
        if (arch::now_ns() >= end) {
            panic("Only {} of {} cores have reached their scheduler", sched::ready_cores(), count);
        }
        arch::pause();
    }
    if (arch::close_trampoline(usual_ns)) {
        mm::unmap_trampoline();
    } else {
        log::warning("A core has not got beyond its first instructions: its page stays mapped");
    }
}

} // namespace

void start_other_cores(unsigned limit, std::uint64_t patience_ms) {
    // A host with fewer processors than the machine lets its cores run in turns.
    const std::uint64_t usual_ns = arch::features().hypervisor ? 5'000'000'000 : 1'000'000'000;
    const std::uint64_t patience_ns =
        patience_ms == kUsualPatience ? usual_ns : patience_ms * 1'000'000;
    set_nodes();
    mm::prefer_node(node_of(arch::this_apic_id()));
    if (announce(firmware().machine, limit < kMaxCores ? limit : kMaxCores) != 1) {
        start_announced_cores(patience_ns, usual_ns);
    }
    widen_emulated_tlb();
}

} // namespace init

namespace arch {

void on_core_started(unsigned core) {
    mm::prefer_node(init::node_of(this_apic_id()));
    init::widen_emulated_tlb();
    sched::run_idle(core);
}

} // namespace arch
} // namespace hermit
