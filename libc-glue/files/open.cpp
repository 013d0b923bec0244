// Opening, closing and duplicating descriptors.
#include "common.hpp"

#include <cstdarg>
#include <unistd.h>

namespace hermit::glue::files {
namespace {

bool to_options(int flags, fs::OpenOptions& options) {
    const int access = flags & O_ACCMODE;
    if (access == O_ACCMODE) {
        return false;
    }
    options.read = access == O_RDONLY || access == O_RDWR;
    options.write = access == O_WRONLY || access == O_RDWR;
    options.append = (flags & O_APPEND) != 0;
    options.nonblocking = (flags & O_NONBLOCK) != 0;
    options.create = (flags & O_CREAT) != 0;
    options.exclusive = (flags & O_EXCL) != 0;
    options.truncate = (flags & O_TRUNC) != 0;
    options.directory = (flags & O_DIRECTORY) != 0;
    options.no_follow = (flags & O_NOFOLLOW) != 0;
    options.synchronous = (flags & O_SYNC) != 0;
    return true;
}

int duplicate(int fd, int minimum, bool close_on_exec) {
    auto found = fs::descriptors().get(fd);
    if (!found) {
        return fail(found.error());
    }
    return static_cast<int>(number(fs::descriptors().add(*found, close_on_exec, minimum)));
}

} // namespace

int open_at(int base, const char* path, int flags, mode_t mode) {
    fs::OpenOptions options;
    if (!to_options(flags, options)) {
        return fail(EINVAL);
    }
    const Base start{base, path};
    if (!start.ok()) {
        return -1;
    }
    auto opened = fs::names().open(start.node(), path, options, mode);
    if (!opened) {
        return fail(opened.error());
    }
    return static_cast<int>(number(fs::descriptors().add(*opened, (flags & O_CLOEXEC) != 0)));
}

int close_descriptor(int fd) { return status(fs::descriptors().close(fd)); }

int control(int fd, int command, long argument) {
    auto found = fs::descriptors().get(fd);
    if (!found) {
        return fail(found.error());
    }
    fs::Descriptor& descriptor = **found;
    switch (command) {
    case F_DUPFD:
        return duplicate(fd, static_cast<int>(argument), false);
    case F_DUPFD_CLOEXEC:
        return duplicate(fd, static_cast<int>(argument), true);
    case F_GETFD: {
        auto flag = fs::descriptors().close_on_exec(fd);
        return flag ? (*flag ? FD_CLOEXEC : 0) : fail(flag.error());
    }
    case F_SETFD:
        return status(fs::descriptors().set_close_on_exec(fd, (argument & FD_CLOEXEC) != 0));
    case F_GETFL:
        return (descriptor.readable() ? (descriptor.writable() ? O_RDWR : O_RDONLY) : O_WRONLY) |
               (descriptor.append() ? O_APPEND : 0) | (descriptor.nonblocking() ? O_NONBLOCK : 0) |
               (descriptor.synchronous() ? O_SYNC : 0);
    case F_SETFL:
        descriptor.set_status((argument & O_APPEND) != 0, (argument & O_NONBLOCK) != 0);
        return 0;
    case F_GETLK:
        // There is one process, and its own locks never stand in its way.
        reinterpret_cast<struct flock*>(argument)->l_type = F_UNLCK;
        return 0;
    case F_SETLK:
    case F_SETLKW:
        return 0;
    default:
        return fail(EINVAL);
    }
}

} // namespace hermit::glue::files

using namespace hermit::glue::files;

HERMIT_POSIX int openat(int base, const char* path, int flags, ...) {
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        mode = static_cast<mode_t>(va_arg(arguments, int));
        va_end(arguments);
    }
    return open_at(base, path, flags, mode);
}

HERMIT_POSIX int open(const char* path, int flags, ...) {
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        mode = static_cast<mode_t>(va_arg(arguments, int));
        va_end(arguments);
    }
    return open_at(AT_FDCWD, path, flags, mode);
}

HERMIT_POSIX int close(int fd) { return close_descriptor(fd); }

HERMIT_POSIX int dup(int fd) { return control(fd, F_DUPFD, 0); }

HERMIT_POSIX int dup2(int fd, int target) {
    return static_cast<int>(number(hermit::fs::descriptors().duplicate_to(fd, target, false)));
}

HERMIT_POSIX int dup3(int fd, int target, int flags) {
    if (fd == target || (flags & ~O_CLOEXEC) != 0) {
        return fail(EINVAL);
    }
    const bool close_on_exec = (flags & O_CLOEXEC) != 0;
    return static_cast<int>(
        number(hermit::fs::descriptors().duplicate_to(fd, target, close_on_exec)));
}

HERMIT_POSIX int fcntl(int fd, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    const long argument = va_arg(arguments, long);
    va_end(arguments);
    return control(fd, command, argument);
}

/// There is one process, so its record locks never conflict.
HERMIT_POSIX int lockf(int fd, int command, off_t) {
    if (command < F_ULOCK || command > F_TEST) {
        return fail(EINVAL);
    }
    return control(fd, F_GETFD, 0) < 0 ? -1 : 0;
}
