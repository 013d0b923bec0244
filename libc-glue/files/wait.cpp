// poll and select. Files and devices are always ready, so that waiting only means sleeping.
#include "common.hpp"
#include "time/deadline.hpp"

#include <arch/time.hpp>
#include <sched/scheduler.hpp>

#include <cstdint>
#include <poll.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/time.h>

namespace hermit::glue::files {
namespace {

/// Nothing is ready, and nothing becomes ready: 0 at the deadline, or −1 with EINTR.
int sleep(std::uint64_t deadline_ns) {
    if (deadline_ns != sched::kForever && deadline_ns <= arch::now_ns()) {
        return 0;
    }
    const auto reason = sched::sleep_until(deadline_ns);
    return reason == sched::WakeReason::kInterrupted ? fail(EINTR) : 0;
}

short ready_events(fs::Descriptor& descriptor, short wanted) {
    const unsigned ready = descriptor.readiness();
    unsigned events = 0;
    if ((ready & fs::kReadable) != 0) {
        events |= POLLIN | POLLRDNORM;
    }
    if ((ready & fs::kWritable) != 0) {
        events |= POLLOUT | POLLWRNORM;
    }
    events &= static_cast<unsigned>(wanted);
    events |= (ready & fs::kFailed) != 0 ? POLLERR : 0u;
    events |= (ready & fs::kHungUp) != 0 ? POLLHUP : 0u;
    return static_cast<short>(events);
}

int poll_until(pollfd* entries, nfds_t count, std::uint64_t deadline_ns) {
    int ready = 0;
    for (nfds_t i = 0; i < count; ++i) {
        pollfd& entry = entries[i];
        entry.revents = 0;
        if (entry.fd < 0) {
            continue;
        }
        auto found = fs::descriptors().get(entry.fd);
        entry.revents = found ? ready_events(**found, entry.events) : short{POLLNVAL};
        ready += entry.revents != 0 ? 1 : 0;
    }
    return ready > 0 ? ready : sleep(deadline_ns);
}

/// Leaves in `set` those that are ready and counts them; −1 with EBADF.
int check_set(int limit, fd_set* set, unsigned readiness) {
    int ready = 0;
    for (int fd = 0; set != nullptr && fd < limit; ++fd) {
        if (!FD_ISSET(fd, set)) {
            continue;
        }
        auto found = fs::descriptors().get(fd);
        if (!found) {
            return fail(found.error());
        }
        if (((*found)->readiness() & readiness) != 0) {
            ++ready;
        } else {
            FD_CLR(fd, set);
        }
    }
    return ready;
}

int select_until(int limit, fd_set* read, fd_set* write, fd_set* except,
                 std::uint64_t deadline_ns) {
    if (limit < 0 || limit > FD_SETSIZE) {
        return fail(EINVAL);
    }
    const int readable = check_set(limit, read, fs::kReadable);
    const int writable = readable < 0 ? -1 : check_set(limit, write, fs::kWritable);
    const int failed = writable < 0 ? -1 : check_set(limit, except, fs::kFailed);
    if (failed < 0) {
        return -1;
    }
    const int ready = readable + writable + failed;
    return ready > 0 ? ready : sleep(deadline_ns);
}

} // namespace
} // namespace hermit::glue::files

using namespace hermit::glue;
using namespace hermit::glue::files;

HERMIT_POSIX int poll(pollfd* entries, nfds_t count, int timeout_ms) {
    const auto span_ns = static_cast<std::uint64_t>(timeout_ms) * 1'000'000;
    return poll_until(entries, count,
                      timeout_ms < 0 ? hermit::sched::kForever : deadline_in(span_ns));
}

/// The signal mask has no effect on a wait that no signal ends.
HERMIT_POSIX int pselect(int limit, fd_set* read, fd_set* write, fd_set* except,
                         const timespec* timeout, const sigset_t*) {
    if (timeout == nullptr) {
        return select_until(limit, read, write, except, hermit::sched::kForever);
    }
    std::uint64_t span_ns = 0;
    if (!span_of(*timeout, span_ns)) {
        return fail(EINVAL);
    }
    return select_until(limit, read, write, except, deadline_in(span_ns));
}

HERMIT_POSIX int select(int limit, fd_set* read, fd_set* write, fd_set* except, timeval* timeout) {
    if (timeout == nullptr) {
        return select_until(limit, read, write, except, hermit::sched::kForever);
    }
    if (timeout->tv_usec < 0 || timeout->tv_usec >= 1'000'000) {
        return fail(EINVAL);
    }
    const timespec span{.tv_sec = timeout->tv_sec, .tv_nsec = timeout->tv_usec * 1000};
    return pselect(limit, read, write, except, &span, nullptr);
}
