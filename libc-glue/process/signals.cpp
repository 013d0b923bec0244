// Signals that the program sends to itself. A handler runs in the thread that raised the signal,
// as part of the call; nothing interrupts a thread.

#include "errors.hpp"
#include "threads/thread.hpp"

#include <base/panic.hpp>
#include <libc-glue/application.hpp>

#include <csignal>
#include <unistd.h>

using namespace hermit;
using namespace hermit::glue;

namespace {

constinit struct sigaction actions[NSIG] {};

bool valid(int signal) { return signal > 0 && signal < NSIG; }
bool catchable(int signal) { return valid(signal) && signal != SIGKILL && signal != SIGSTOP; }
std::uint64_t bit(int signal) { return std::uint64_t{1} << (signal - 1); }

bool ignored_by_default(int signal) {
    return signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH || signal == SIGCONT ||
           signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/// As a shell reports it.
int status_of_death(int signal) { return 128 + signal; }

[[noreturn]] void die(int signal) {
    if (signal == SIGABRT) {
        panic("abort()"); // with thread and backtrace
    }
    shut_down(status_of_death(signal));
}

void deliver(Thread& thread, int signal) {
    const struct sigaction action = actions[signal];
    if (action.sa_handler == SIG_IGN) {
        return;
    }
    if (action.sa_handler == SIG_DFL) {
        if (!ignored_by_default(signal)) {
            die(signal);
        }
        return;
    }
    if ((static_cast<unsigned>(action.sa_flags) & SA_RESETHAND) != 0) {
        actions[signal] = {};
    }
    const std::uint64_t mask = thread.signal_mask;
    thread.signal_mask |= action.sa_mask;
    if ((action.sa_flags & SA_NODEFER) == 0) {
        thread.signal_mask |= bit(signal);
    }
    if ((action.sa_flags & SA_SIGINFO) != 0) {
        siginfo_t info{};
        info.si_signo = signal;
        info.si_code = SI_USER;
        info.si_pid = getpid();
        ucontext_t context{};
        context.uc_sigmask = mask;
        action.sa_sigaction(signal, &info, &context);
    } else {
        action.sa_handler(signal);
    }
    thread.signal_mask = mask;
}

/// Delivers what is pending and not blocked any more.
void deliver_pending(Thread& thread) {
    while (const std::uint64_t ready = thread.pending_signals & ~thread.signal_mask) {
        const int signal = __builtin_ctzll(ready) + 1;
        thread.pending_signals &= ~bit(signal);
        deliver(thread, signal);
    }
}

int send_to_self(int signal) {
    if (signal == 0) {
        return 0;
    }
    if (!valid(signal)) {
        return EINVAL;
    }
    Thread& thread = current_thread();
    thread.pending_signals |= bit(signal);
    if (signal == SIGKILL) {
        die(signal);
    }
    deliver_pending(thread);
    return 0;
}

} // namespace

extern "C" {

[[gnu::weak]] int sigaction(int signal, const struct sigaction* action, struct sigaction* old) {
    if (!catchable(signal)) {
        return fail(EINVAL);
    }
    const struct sigaction before = actions[signal];
    if (action != nullptr) {
        actions[signal] = *action;
    }
    if (old != nullptr) {
        *old = before;
    }
    return 0;
}

[[gnu::weak]] _sig_func_ptr signal(int number, _sig_func_ptr handler) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    struct sigaction old {};
    return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}
_sig_func_ptr _signal_r(struct _reent*, int number, _sig_func_ptr handler) {
    return signal(number, handler);
}

[[gnu::weak]] int siginterrupt(int signal, int) { return catchable(signal) ? 0 : fail(EINVAL); }

[[gnu::weak]] int kill(pid_t pid, int signal) {
    if (pid > 1 || pid < -1) {
        return fail(ESRCH);
    }
    const int error = send_to_self(signal);
    return error == 0 ? 0 : fail(error);
}
/// Newlib's raise.
int _kill_r(struct _reent*, int pid, int signal) { return kill(pid, signal); }

[[gnu::weak]] int pthread_kill(pthread_t thread, int signal) {
    if (&to_thread(thread) == &current_thread()) {
        return send_to_self(signal);
    }
    return signal == 0 ? 0 : valid(signal) ? ENOSYS : EINVAL;
}

[[gnu::weak]] int pthread_sigmask(int how, const sigset_t* set, sigset_t* old) {
    Thread& thread = current_thread();
    const std::uint64_t before = thread.signal_mask;
    if (set != nullptr) {
        switch (how) {
        case SIG_BLOCK:
            thread.signal_mask |= *set;
            break;
        case SIG_UNBLOCK:
            thread.signal_mask &= ~*set;
            break;
        case SIG_SETMASK:
            thread.signal_mask = *set;
            break;
        default:
            return EINVAL;
        }
    }
    if (old != nullptr) {
        *old = before;
    }
    deliver_pending(thread);
    return 0;
}
[[gnu::weak]] int sigprocmask(int how, const sigset_t* set, sigset_t* old) {
    const int error = pthread_sigmask(how, set, old);
    return error == 0 ? 0 : fail(error);
}
[[gnu::weak]] int sigpending(sigset_t* set) {
    *set = current_thread().pending_signals;
    return 0;
}

/// Handlers run on the stack of their thread, so that another one is kept but not used.
[[gnu::weak]] int sigaltstack(const stack_t* stack, stack_t* old) {
    static constinit stack_t kept{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
    if (stack != nullptr && (stack->ss_flags & SS_DISABLE) == 0 && stack->ss_size < MINSIGSTKSZ) {
        return fail(ENOMEM);
    }
    if (old != nullptr) {
        *old = kept;
    }
    if (stack != nullptr) {
        kept = *stack;
    }
    return 0;
}

} // extern "C"
