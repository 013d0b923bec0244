// Crashes in the kernel, made by an application that misuses being in one address space with it:
// in an interrupt handler, in the page-fault handler, while a crash is reported, on several cores.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

// The kernel's, as its headers declare them; applications have no business with them.
namespace hermit::arch {
struct InterruptFrame;
void set_interrupt_handler(unsigned vector, void (*handler)(InterruptFrame&));
bool send_ipi(std::uint32_t apic_id, std::uint32_t command);
} // namespace hermit::arch
namespace hermit::sched {
extern void* current_task[1]; // a per-core variable
} // namespace hermit::sched
namespace hermit::mm::app {
extern std::uint64_t space[4]; // its lock, then the root of its regions
} // namespace hermit::mm::app

namespace {

constexpr std::uintptr_t kNowhere = 0x6000'0000'0000; // the application's, and never mapped
volatile unsigned spinning = 0;

} // namespace

// Not static, and with something to do after each call: so that a backtrace shows them.
[[gnu::noinline]] void touch_nothing() {
    *reinterpret_cast<volatile int*>(kNowhere) = 1;
    asm volatile("");
}

[[gnu::noinline]] void faulty_handler(hermit::arch::InterruptFrame&) {
    touch_nothing();
    asm volatile("");
}

[[gnu::noinline]] void interrupt_me() {
    hermit::arch::set_interrupt_handler(0x50, faulty_handler);
    asm volatile("int $0x50");
}

[[gnu::noinline]] void spoil_current_task() {
    asm volatile("movq %0, %%gs:_ZN6hermit5sched12current_taskE(%%rip)\n\t"
                 "ud2"
                 :
                 : "r"(kNowhere));
}

[[gnu::noinline]] void spoil_regions() {
    hermit::mm::app::space[1] = kNowhere;
    hermit::mm::app::space[2] = kNowhere; // a debug build's lock is larger
    touch_nothing();
}

[[gnu::noinline]] void spoil_stack() { asm volatile("movq %0, %%rsp; pushq %0" : : "r"(kNowhere)); }

/// Takes the stack away that page faults are handled on: the second of the task-state segment's
/// interrupt stacks. [intel/vol3] §7.7.
[[gnu::noinline]] void spoil_page_fault_stack() {
    struct [[gnu::packed]] {
        std::uint16_t limit;
        const std::uint64_t* base;
    } table;
    asm volatile("sgdt %0" : "=m"(table));
    const std::uint64_t low = table.base[3];
    const std::uint64_t segment =
        (low >> 16 & 0xFF'FFFF) | (low >> 56 << 24) | (table.base[4] << 32);
    std::memcpy(reinterpret_cast<char*>(segment) + 36 + 8, &kNowhere, sizeof(kNowhere));
    touch_nothing();
}

[[gnu::noinline]] void* crash_together(void*) {
    __atomic_fetch_add(&spinning, 1, __ATOMIC_RELAXED);
    while (__atomic_load_n(&spinning, __ATOMIC_RELAXED) < 2) {
    }
    touch_nothing();
    return nullptr;
}

[[gnu::noinline]] void use_no_address() {
    *reinterpret_cast<volatile int*>(std::uintptr_t{1} << 62) = 1;
    asm volatile("");
}

[[gnu::noinline]] void* spin(void*) {
    __atomic_fetch_add(&spinning, 1, __ATOMIC_RELAXED);
    for (;;) {
        asm volatile("pause");
    }
    return nullptr;
}

void start(void* (*function)(void*), unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        pthread_t thread;
        if (pthread_create(&thread, nullptr, function, nullptr) != 0) {
            _exit(97);
        }
    }
    while (__atomic_load_n(&spinning, __ATOMIC_RELAXED) < count) {
        sched_yield();
    }
}

int main(int, char** argv) {
    std::printf("before\n");
    std::fflush(stdout);
    const char* const how = argv[1];
    if (std::strcmp(how, "handler") == 0) {
        interrupt_me();
    } else if (std::strcmp(how, "report") == 0) {
        spoil_current_task();
    } else if (std::strcmp(how, "regions") == 0) {
        spoil_regions();
    } else if (std::strcmp(how, "stack") == 0) {
        spoil_stack();
    } else if (std::strcmp(how, "address") == 0) {
        use_no_address();
    } else if (std::strcmp(how, "cores") == 0) {
        start(spin, 2);
        touch_nothing();
    } else if (std::strcmp(how, "together") == 0) {
        start(crash_together, 2);
        pause();
    } else if (std::strcmp(how, "double") == 0) {
        spoil_page_fault_stack();
    } else if (std::strcmp(how, "deaf") == 0) {
        start(spin, 1);
        // INIT: the core waits for a start-up message and heeds nothing else. [intel/vol3] §10.6.1.
        hermit::arch::send_ipi(1, 0x4500);
        touch_nothing();
    }
    return 0;
}
