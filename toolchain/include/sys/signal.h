/* Signals: numbers and layouts as on Linux x86-64, because programs and run-time libraries carry
 * them. */
#pragma once

#include <sys/_sigset.h>
#include <sys/_timespec.h>
#include <sys/cdefs.h>
#include <sys/features.h>
#include <sys/types.h>

#if !defined(_SIGSET_T_DECLARED)
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGIOT SIGABRT
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGSTKFLT 16
#define SIGCHLD 17
#define SIGCLD SIGCHLD
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGIO 29
#define SIGPOLL SIGIO
#define SIGPWR 30
#define SIGSYS 31
#define SIGRTMIN 32
#define SIGRTMAX 63
#define NSIG 64
#define _NSIG NSIG

typedef void (*_sig_func_ptr)(int);

union sigval {
    int sival_int;
    void* sival_ptr;
};
typedef union sigval sigval_t;

typedef struct {
    int si_signo;
    int si_errno;
    int si_code;
    int si_status;
    pid_t si_pid;
    uid_t si_uid;
    void* si_addr;
    long si_band;
    union sigval si_value;
    int si_overrun;
    int si_timerid;
    long __reserved[4];
} siginfo_t;

#define SI_USER 0
#define SI_QUEUE (-1)
#define SI_TIMER (-2)
#define SI_MESGQ (-3)
#define SI_ASYNCIO (-4)
#define SI_TKILL (-6)
#define SI_KERNEL 0x80
#define ILL_ILLOPC 1
#define ILL_ILLOPN 2
#define ILL_ILLADR 3
#define ILL_ILLTRP 4
#define ILL_PRVOPC 5
#define ILL_PRVREG 6
#define ILL_COPROC 7
#define ILL_BADSTK 8
#define FPE_INTDIV 1
#define FPE_INTOVF 2
#define FPE_FLTDIV 3
#define FPE_FLTOVF 4
#define FPE_FLTUND 5
#define FPE_FLTRES 6
#define FPE_FLTINV 7
#define FPE_FLTSUB 8
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2
#define BUS_ADRALN 1
#define BUS_ADRERR 2
#define BUS_OBJERR 3
#define TRAP_BRKPT 1
#define TRAP_TRACE 2
#define CLD_EXITED 1
#define CLD_KILLED 2
#define CLD_DUMPED 3
#define CLD_TRAPPED 4
#define CLD_STOPPED 5
#define CLD_CONTINUED 6
#define POLL_IN 1
#define POLL_OUT 2
#define POLL_MSG 3
#define POLL_ERR 4
#define POLL_PRI 5
#define POLL_HUP 6

struct sigevent {
    union sigval sigev_value;
    int sigev_signo;
    int sigev_notify;
    void (*sigev_notify_function)(union sigval);
    pthread_attr_t* sigev_notify_attributes;
    long __reserved[4];
};

#define SIGEV_SIGNAL 0
#define SIGEV_NONE 1
#define SIGEV_THREAD 2

struct sigaction {
    union {
        _sig_func_ptr __handler;
        void (*__action)(int, siginfo_t*, void*);
    } __handlers;
    sigset_t sa_mask;
    int sa_flags;
};
#define sa_handler __handlers.__handler
#define sa_sigaction __handlers.__action

#define SA_NOCLDSTOP 0x00000001
#define SA_NOCLDWAIT 0x00000002
#define SA_SIGINFO 0x00000004
#define SA_ONSTACK 0x08000000
#define SA_RESTART 0x10000000
#define SA_NODEFER 0x40000000
#define SA_RESETHAND 0x80000000
#define SA_NOMASK SA_NODEFER
#define SA_ONESHOT SA_RESETHAND

#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

typedef struct sigaltstack {
    void* ss_sp;
    int ss_flags;
    size_t ss_size;
} stack_t;

#define SS_ONSTACK 1
#define SS_DISABLE 2
/* Room for the widest register state (AVX-512 and AMX) below a handler's own frames. */
#define MINSIGSTKSZ 16384
#define SIGSTKSZ 32768

#define SIG2STR_MAX 17

__BEGIN_DECLS
int kill(pid_t pid, int signal);
int killpg(pid_t group, int signal);
int sigaction(int signal, const struct sigaction* __restrict action,
              struct sigaction* __restrict old);
int sigaddset(sigset_t* set, int signal);
int sigdelset(sigset_t* set, int signal);
int sigemptyset(sigset_t* set);
int sigfillset(sigset_t* set);
int sigismember(const sigset_t* set, int signal);
int sigpending(sigset_t* set);
int sigprocmask(int how, const sigset_t* __restrict set, sigset_t* __restrict old);
int sigsuspend(const sigset_t* mask);
int sigwait(const sigset_t* __restrict set, int* __restrict signal);
int sigaltstack(const stack_t* __restrict stack, stack_t* __restrict old);
int siginterrupt(int signal, int flag);
int sigwaitinfo(const sigset_t* __restrict set, siginfo_t* __restrict info);
int sigtimedwait(const sigset_t* __restrict set, siginfo_t* __restrict info,
                 const struct timespec* __restrict timeout);
int sigqueue(pid_t pid, int signal, const union sigval value);
int pthread_kill(pthread_t thread, int signal);
int pthread_sigmask(int how, const sigset_t* __restrict set, sigset_t* __restrict old);
#if __XSI_VISIBLE
int sighold(int signal);
int sigignore(int signal);
int sigpause(int signal);
int sigrelse(int signal);
_sig_func_ptr sigset(int signal, _sig_func_ptr handler);
#endif
#if __POSIX_VISIBLE >= 200809
void psiginfo(const siginfo_t* info, const char* message);
#endif
#if __MISC_VISIBLE
int sig2str(int signal, char* name);
int str2sig(const char* __restrict name, int* __restrict signal);
#endif
__END_DECLS

#include <signal.h>
#include <sys/ucontext.h>
