// The one process: its number, its owner (always root) and its groups.

#include "errors.hpp"
#include "threads/thread.hpp"

#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

using namespace hermit::glue;

namespace {

constexpr pid_t kProcess = 1;
constexpr uid_t kRoot = 0;

/// The only identity to change to is the one there is; −1 stands for "no change".
int become(uid_t id) { return id == kRoot || id == static_cast<uid_t>(-1) ? 0 : fail(EPERM); }

int process_or_error(pid_t pid) { return pid == 0 || pid == kProcess ? kProcess : fail(ESRCH); }

} // namespace

extern "C" {

[[gnu::weak]] pid_t getpid(void) { return kProcess; }
pid_t _getpid_r(struct _reent*) { return kProcess; }
[[gnu::weak]] pid_t getppid(void) { return 0; }
[[gnu::weak]] pid_t getpgrp(void) { return kProcess; }
[[gnu::weak]] pid_t getpgid(pid_t pid) { return process_or_error(pid); }
[[gnu::weak]] pid_t getsid(pid_t pid) { return process_or_error(pid); }

[[gnu::weak]] uid_t getuid(void) { return kRoot; }
[[gnu::weak]] uid_t geteuid(void) { return kRoot; }
[[gnu::weak]] gid_t getgid(void) { return kRoot; }
[[gnu::weak]] gid_t getegid(void) { return kRoot; }
[[gnu::weak]] int getresuid(uid_t* real, uid_t* effective, uid_t* saved) {
    *real = *effective = *saved = kRoot;
    return 0;
}
[[gnu::weak]] int getresgid(gid_t* real, gid_t* effective, gid_t* saved) {
    *real = *effective = *saved = kRoot;
    return 0;
}
[[gnu::weak]] int getgroups(int, gid_t[]) { return 0; }
[[gnu::weak]] int issetugid(void) { return 0; }

[[gnu::weak]] int setuid(uid_t id) { return become(id); }
[[gnu::weak]] int seteuid(uid_t id) { return become(id); }
[[gnu::weak]] int setgid(gid_t id) { return become(id); }
[[gnu::weak]] int setegid(gid_t id) { return become(id); }
[[gnu::weak]] int setreuid(uid_t real, uid_t effective) { return become(real) | become(effective); }
[[gnu::weak]] int setregid(gid_t real, gid_t effective) { return become(real) | become(effective); }
[[gnu::weak]] int setresuid(uid_t real, uid_t effective, uid_t saved) {
    return become(real) | become(effective) | become(saved);
}
[[gnu::weak]] int setresgid(gid_t real, gid_t effective, gid_t saved) {
    return become(real) | become(effective) | become(saved);
}

// No process has children.
[[gnu::weak]] pid_t wait(int*) { return fail(ECHILD); }
[[gnu::weak]] pid_t waitpid(pid_t, int*, int) { return fail(ECHILD); }
[[gnu::weak]] int waitid(idtype_t, id_t, siginfo_t*, int) { return fail(ECHILD); }
[[gnu::weak]] pid_t wait3(int*, int, struct rusage*) { return fail(ECHILD); }
[[gnu::weak]] pid_t wait4(pid_t, int*, int, struct rusage*) { return fail(ECHILD); }

} // extern "C"
