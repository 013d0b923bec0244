// How the kernel starts the application, and what the application's end needs from the kernel.
#pragma once

namespace hermit {

/// Tells the outside the exit status, stops all cores and the machine. Any context. Defined by
/// kernel/init.
[[noreturn]] void shut_down(int status);

} // namespace hermit

namespace hermit::glue {

/// Makes the caller the application's initial thread: maps its stack and thread-local storage,
/// becomes core 0's first task and calls `next` on that stack with interrupts still off. What lies
/// on the caller's stack stays, but nothing returns to it. Once, boot core, after memory and
/// scheduler are ready. Panics if memory is too small.
[[noreturn]] void enter_initial_thread(void (*next)());

/// Runs the application: constructors, `main`, `exit` with its result. Called by the initial
/// thread, interrupts on, when all cores are up. The strings must stay where they are.
[[noreturn]] void run_application(int argc, char** argv, char** environment);

} // namespace hermit::glue
