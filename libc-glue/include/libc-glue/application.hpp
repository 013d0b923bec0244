// How the kernel starts the application, and what the application's end needs from the kernel.
#pragma once

#include <cstdint>

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

/// The time-stamp counter when constructors began, when `main` was called and when it returned; 0
/// for what has not happened.
struct ApplicationTimes {
    std::uint64_t constructors_tsc = 0;
    std::uint64_t main_tsc = 0;
    std::uint64_t returned_tsc = 0;
};
const ApplicationTimes& application_times();

/// Calls `function` with the name of each function that does not exist and was called all the same,
/// the first 32 of them. Any context.
void for_each_missing_call(void (*function)(const char* name));

} // namespace hermit::glue
