// From the kernel's start to the application's main.

#include "startup/image.hpp"
#include "startup/random.hpp"
#include "threads/stack_cache.hpp"

#include <arch/cpu.hpp>
#include <base/panic.hpp>
#include <libc-glue/application.hpp>

#include <cstdlib>
#include <unistd.h>

extern "C" {

int main(int, char**, char**);

// Functions to call before and after main, listed by the compiler, collected by the linker.
using Function = void (*)();
extern const Function __preinit_array_start[];
extern const Function __preinit_array_end[];
using Constructor = void (*)(int, char**, char**);
extern const Constructor __init_array_start[];
extern const Constructor __init_array_end[];
extern const Function __fini_array_start[];
extern const Function __fini_array_end[];

} // extern "C"

namespace hermit::glue {
namespace {

/// [intel/vol4] IA32_FS_BASE. Later switches use faster ways where there are any.
constexpr std::uint32_t kFsBase = 0xC000'0100;

constinit void (*continuation)() = nullptr;
constinit void* boot_stack_top = nullptr;
constinit ApplicationTimes times;

/// On the initial thread's own stack.
[[noreturn]] void become_first_task() {
    // The boot stack below its last frame serves core 0's idle task.
    sched::start_core(0, current_thread().task, boot_stack_top);
    continuation();
    __builtin_unreachable();
}

void run_destructors() {
    for (const Function* function = __fini_array_end; function != __fini_array_start;) {
        (*--function)();
    }
}

} // namespace

void enter_initial_thread(void (*next)()) {
    Result<Thread*> made = allocate_thread({});
    if (!made) {
        panic("not enough memory for the initial thread: {}", made.error().context);
    }
    Thread& thread = **made;
    thread.canary = random_word() & ~std::uint64_t{0xFF}; // ends a string, if one overflows
    __builtin_memcpy(thread.task.name, "main", sizeof "main");
    continuation = next;
    arch::write_msr(kFsBase, thread.task.context.thread_pointer);
    // A zero return address ends backtraces.
    asm volatile("movq %%rsp, %0\n\t"
                 "andq $-16, %0\n\t"
                 "movq %1, %%rsp\n\t"
                 "xorl %%ebp, %%ebp\n\t"
                 "pushq $0\n\t"
                 "jmp *%2"
                 : "=m"(boot_stack_top)
                 : "r"(thread.task.stack_top), "r"(become_first_task)
                 : "memory");
    __builtin_unreachable();
}

void run_application(int argc, char** argv, char** environment) {
    environ = environment;
    times.constructors_tsc = arch::read_tsc();
    std::atexit(run_destructors); // registered first, runs last
    for (const Function* function = __preinit_array_start; function != __preinit_array_end;) {
        (*function++)();
    }
    for (const Constructor* function = __init_array_start; function != __init_array_end;) {
        (*function++)(argc, argv, environment);
    }
    times.main_tsc = arch::read_tsc();
    const int status = main(argc, argv, environment);
    times.returned_tsc = arch::read_tsc();
    std::exit(status);
}

const ApplicationTimes& application_times() { return times; }

} // namespace hermit::glue

/// Ends the program at once, without flushing anything.
extern "C" [[gnu::weak]] void _exit(int status) { hermit::shut_down(status & 0xFF); }
