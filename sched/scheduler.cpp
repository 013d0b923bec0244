#include <sched/scheduler.hpp>

#include "attributes.hpp"

#include <sched/wait.hpp>

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/time.hpp>
#include <arch/upcalls.hpp>
#include <base/panic.hpp>
#include <mm/heap.hpp>
#include <sync/irq_guard.hpp>

namespace hermit::sched {
namespace {

constinit std::atomic<std::uint32_t> last_id{0};

void idle_entry(void*) {
    arch::disable_interrupts();
    core_scheduler.local().idle_loop();
}

void name_idle(Task& idle) {
    constexpr char kName[] = "idle";
    for (unsigned i = 0; i < sizeof(kName); ++i) {
        idle.name[i] = kName[i];
    }
}

} // namespace

void start_core(unsigned core, Task& task, void* idle_stack_top) {
    CoreScheduler& self = core_scheduler.local();
    name_idle(self.idle);
    self.idle.context.area =
        static_cast<arch::PreemptionArea*>(mm::heap_allocate(arch::preemption_area_bytes(), 64));
    if (self.idle.context.area == nullptr) {
        panic("no memory for the idle task of core {}", core);
    }
    arch::prepare(self.idle.context, idle_stack_top, idle_entry, nullptr);
    task.id = last_id.fetch_add(1, std::memory_order_relaxed) + 1;
    self.start(core, task);
    placement.open(core);
    placement.add(core);
}

void run_idle(unsigned core) {
    CoreScheduler& self = core_scheduler.local();
    name_idle(self.idle);
    self.start(core, self.idle);
    placement.open(core);
    self.idle_loop();
}

unsigned ready_cores() { return placement.open_cores(); }

CoreSet ready_core_set() { return placement.open_set(); }

Task* running_on(unsigned core) { return current_task.on(per_core_distance_of(core)); }

void spawn(Task& task) {
    task.id = last_id.fetch_add(1, std::memory_order_relaxed) + 1;
    const unsigned core = placement.choose(task.affinity);
    if (core == kMaxCores) {
        panic("task {} may run on none of the cores", task.id);
    }
    task.core.store(core, std::memory_order_relaxed);
    task.wake_core.store(core, std::memory_order_relaxed);
    const IrqGuard irq;
    make_ready(task);
}

void exit_current() {
    arch::disable_interrupts();
    core_scheduler.local().exit(current());
}

WakeReason sleep_until(std::uint64_t deadline_ns) {
    const IrqGuard irq;
    Task& task = current();
    begin_wait(task);
    return block(task, deadline_ns);
}

bool interrupt(Task& task) {
    const IrqGuard irq;
    if (!claim(task, WakeReason::kInterrupted)) {
        return false;
    }
    make_ready(task);
    return true;
}

std::uint64_t run_time_ns(const Task& task) {
    // Exact for the calling task, which starts anew if it is preempted in between. That another
    // core is just switching may show a moment twice or not at all.
    std::uint64_t started;
    std::uint64_t ticks;
    do {
        started = __atomic_load_n(&task.started_tsc, __ATOMIC_ACQUIRE);
        ticks = __atomic_load_n(&task.run_ticks, __ATOMIC_ACQUIRE);
    } while (started != __atomic_load_n(&task.started_tsc, __ATOMIC_RELAXED));
    if (started != 0) {
        const std::uint64_t now = arch::read_tsc();
        ticks += now > started ? now - started : 0;
    }
    return arch::ticks_to_ns(ticks);
}

} // namespace hermit::sched

// What arch asks for.
namespace hermit::arch {

void on_timer_interrupt() { sched::core_scheduler.local().timer_expired(); }

SwitchRequest on_interrupt_exit() {
    sched::CoreScheduler& scheduler = sched::core_scheduler.local();
    sched::Task* const running = sched::current_task.get();
    if (running == nullptr || running->idle) {
        return {}; // not started yet; or it looks by itself, after the halt
    }
    sched::Task* const next = scheduler.preempt(*running);
    return next == nullptr ? SwitchRequest{} : SwitchRequest{&running->context, &next->context};
}

void on_switched() { sched::CoreScheduler::finish_switch(); }

} // namespace hermit::arch
