// Sizes of files, and the calls that only concern real disks.
#include "common.hpp"

#include <cstdint>
#include <unistd.h>

namespace hermit::glue::files {
namespace {

/// Contents are in memory, always up to date: only the number is checked.
int check(int fd) {
    auto found = fs::descriptors().get(fd);
    return found ? 0 : fail(found.error());
}

} // namespace
} // namespace hermit::glue::files

using namespace hermit::glue::files;

HERMIT_POSIX int ftruncate(int fd, off_t size) {
    auto found = hermit::fs::descriptors().get(fd);
    if (!found) {
        return fail(found.error());
    }
    return size < 0 ? fail(EINVAL) : status((*found)->resize(static_cast<std::uint64_t>(size)));
}

HERMIT_POSIX int truncate(const char* path, off_t size) {
    auto found = hermit::fs::names().find(nullptr, path);
    if (!found) {
        return fail(found.error());
    }
    if ((*found)->is_directory()) {
        return fail(EISDIR);
    }
    return size < 0 ? fail(EINVAL) : status((*found)->resize(static_cast<std::uint64_t>(size)));
}

HERMIT_POSIX int fsync(int fd) { return check(fd); }
HERMIT_POSIX int fdatasync(int fd) { return check(fd); }
HERMIT_POSIX void sync() {}

/// Returns an error number, as POSIX has it, and leaves `errno` alone.
HERMIT_POSIX int posix_fallocate(int fd, off_t offset, off_t count) {
    const int saved = errno;
    auto found = hermit::fs::descriptors().get(fd);
    int error = 0;
    if (!found || !(*found)->writable()) {
        error = EBADF;
    } else if (offset < 0 || count <= 0) {
        error = EINVAL;
    } else if (hermit::fs::Node* const node = (*found)->node();
               node == nullptr || !node->is_regular()) {
        error = ENODEV;
    } else if (status(node->reserve(static_cast<std::uint64_t>(offset),
                                    static_cast<std::uint64_t>(count))) < 0) {
        error = errno;
    }
    errno = saved;
    return error;
}

/// Advice has no effect on memory. Returns an error number.
HERMIT_POSIX int posix_fadvise(int fd, off_t, off_t count, int advice) {
    const int saved = errno;
    int error = check(fd) < 0 ? EBADF : 0;
    if (error == 0 && (count < 0 || advice < POSIX_FADV_NORMAL || advice > POSIX_FADV_NOREUSE)) {
        error = EINVAL;
    }
    errno = saved;
    return error;
}
