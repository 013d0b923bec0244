// Reading, writing and positions.
#include "common.hpp"

#include <climits>
#include <cstring>
#include <sys/uio.h>
#include <unistd.h>

namespace hermit::glue::files {
namespace {

/// Calls `function(Descriptor&)` for a number and returns the count it gives.
template <class Function>
ssize_t with(int fd, Function&& function) {
    auto found = fs::descriptors().get(fd);
    return found ? number(function(**found)) : fail(found.error());
}

bool fits(std::size_t count) { return count <= static_cast<std::size_t>(SSIZE_MAX); }

/// The total length, or −1 with `errno` set.
ssize_t total_of(const iovec* pieces, int count) {
    if (count <= 0 || count > IOV_MAX) {
        return fail(EINVAL);
    }
    ssize_t total = 0;
    for (int i = 0; i < count; ++i) {
        if (!fits(pieces[i].iov_len) ||
            __builtin_add_overflow(total, static_cast<ssize_t>(pieces[i].iov_len), &total)) {
            return fail(EINVAL);
        }
    }
    return total;
}

/// Calls `transfer(address, length)` piece by piece until one is not done in full.
template <class Transfer>
ssize_t each(const iovec* pieces, int count, Transfer&& transfer) {
    if (total_of(pieces, count) < 0) {
        return -1;
    }
    ssize_t done = 0;
    for (int i = 0; i < count; ++i) {
        if (pieces[i].iov_len == 0 && count > 1) {
            continue;
        }
        const ssize_t now = transfer(pieces[i].iov_base, pieces[i].iov_len);
        if (now < 0) {
            return done > 0 ? done : now;
        }
        done += now;
        if (static_cast<std::size_t>(now) < pieces[i].iov_len) {
            break;
        }
    }
    return done;
}

ssize_t read_at(int fd, void* to, std::size_t count, off_t offset) {
    if (offset < 0 || !fits(count)) {
        return fail(EINVAL);
    }
    return with(fd, [&](fs::Descriptor& descriptor) {
        return descriptor.read_at(static_cast<std::uint64_t>(offset), to, count);
    });
}

ssize_t write_at(int fd, const void* from, std::size_t count, off_t offset) {
    if (offset < 0 || !fits(count)) {
        return fail(EINVAL);
    }
    return with(fd, [&](fs::Descriptor& descriptor) {
        return descriptor.write_at(static_cast<std::uint64_t>(offset), from, count);
    });
}

} // namespace

ssize_t read_descriptor(int fd, void* to, std::size_t count) {
    if (!fits(count)) {
        return fail(EINVAL);
    }
    return with(fd, [&](fs::Descriptor& descriptor) { return descriptor.read(to, count); });
}

ssize_t write_descriptor(int fd, const void* from, std::size_t count) {
    if (!fits(count)) {
        return fail(EINVAL);
    }
    return with(fd, [&](fs::Descriptor& descriptor) { return descriptor.write(from, count); });
}

off_t seek_descriptor(int fd, off_t offset, int whence) {
    if (whence != SEEK_SET && whence != SEEK_CUR && whence != SEEK_END) {
        return fail(EINVAL);
    }
    const auto from = whence == SEEK_SET   ? fs::Whence::kStart
                      : whence == SEEK_CUR ? fs::Whence::kCurrent
                                           : fs::Whence::kEnd;
    return with(fd, [&](fs::Descriptor& descriptor) { return descriptor.seek(offset, from); });
}

} // namespace hermit::glue::files

using namespace hermit::glue::files;

HERMIT_POSIX ssize_t read(int fd, void* to, size_t count) { return read_descriptor(fd, to, count); }

HERMIT_POSIX ssize_t write(int fd, const void* from, size_t count) {
    return write_descriptor(fd, from, count);
}

HERMIT_POSIX ssize_t pread(int fd, void* to, size_t count, off_t offset) {
    return read_at(fd, to, count, offset);
}

HERMIT_POSIX ssize_t pwrite(int fd, const void* from, size_t count, off_t offset) {
    return write_at(fd, from, count, offset);
}

HERMIT_POSIX ssize_t readv(int fd, const iovec* pieces, int count) {
    return each(pieces, count,
                [&](void* to, size_t length) { return read_descriptor(fd, to, length); });
}

/// Up to PIPE_BUF bytes go out as one, so that lines in several pieces are not torn.
HERMIT_POSIX ssize_t writev(int fd, const iovec* pieces, int count) {
    const ssize_t total = total_of(pieces, count);
    if (total < 0 || total > PIPE_BUF) {
        return each(pieces, count,
                    [&](void* from, size_t length) { return write_descriptor(fd, from, length); });
    }
    char all[PIPE_BUF];
    std::size_t used = 0;
    for (int i = 0; i < count; ++i) {
        memcpy(all + used, pieces[i].iov_base, pieces[i].iov_len);
        used += pieces[i].iov_len;
    }
    return write_descriptor(fd, all, used);
}

HERMIT_POSIX ssize_t preadv(int fd, const iovec* pieces, int count, off_t offset) {
    return each(pieces, count, [&](void* to, size_t length) {
        const ssize_t done = read_at(fd, to, length, offset);
        offset += done > 0 ? done : 0;
        return done;
    });
}

HERMIT_POSIX ssize_t pwritev(int fd, const iovec* pieces, int count, off_t offset) {
    return each(pieces, count, [&](void* from, size_t length) {
        const ssize_t done = write_at(fd, from, length, offset);
        offset += done > 0 ? done : 0;
        return done;
    });
}

HERMIT_POSIX off_t lseek(int fd, off_t offset, int whence) {
    return seek_descriptor(fd, offset, whence);
}
