// ioctl and pathconf: what descriptors and paths can do.
#include "common.hpp"

#include <climits>
#include <cstdarg>
#include <sys/filio.h>
#include <unistd.h>

namespace hermit::glue::files {
namespace {

long limit_of(int name) {
    switch (name) {
    case _PC_LINK_MAX:
        return LINK_MAX;
    case _PC_MAX_CANON:
        return MAX_CANON;
    case _PC_MAX_INPUT:
        return MAX_INPUT;
    case _PC_NAME_MAX:
        return NAME_MAX;
    case _PC_PATH_MAX:
        return PATH_MAX;
    case _PC_PIPE_BUF:
        return PIPE_BUF;
    case _PC_CHOWN_RESTRICTED:
    case _PC_NO_TRUNC:
    case _PC_2_SYMLINKS:
    case _PC_SYNC_IO:
    case _PC_TIMESTAMP_RESOLUTION:
        return 1;
    case _PC_VDISABLE:
        return 0;
    case _PC_FILESIZEBITS:
        return 64;
    case _PC_SYMLINK_MAX:
        return SYMLINK_MAX;
    case _PC_ALLOC_SIZE_MIN:
    case _PC_REC_INCR_XFER_SIZE:
    case _PC_REC_MIN_XFER_SIZE:
    case _PC_REC_XFER_ALIGN:
        return static_cast<long>(fs::kPageBytes);
    case _PC_ASYNC_IO:
    case _PC_PRIO_IO:
    case _PC_REC_MAX_XFER_SIZE:
        return -1; // no limit, or no such option: errno stays
    default:
        return fail(EINVAL);
    }
}

/// How much can be read at once.
int readable_bytes(fs::Descriptor& descriptor, int* result) {
    auto attributes = descriptor.attributes();
    auto position = descriptor.seek(0, fs::Whence::kCurrent);
    if (!attributes || !position || (attributes->mode & fs::kTypeMask) != fs::kTypeRegular) {
        return fail(ENOTTY);
    }
    const std::uint64_t left = attributes->size > *position ? attributes->size - *position : 0;
    *result = left > INT_MAX ? INT_MAX : static_cast<int>(left);
    return 0;
}

} // namespace

bool is_terminal(int fd) {
    auto found = fs::descriptors().get(fd);
    if (!found) {
        fail(found.error());
        return false;
    }
    if (!(*found)->is_terminal()) {
        fail(ENOTTY);
        return false;
    }
    return true;
}

} // namespace hermit::glue::files

using namespace hermit::glue::files;

HERMIT_POSIX int isatty(int fd) { return is_terminal(fd) ? 1 : 0; }

HERMIT_POSIX int ioctl(int fd, unsigned long request, ...) {
    va_list arguments;
    va_start(arguments, request);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    auto found = hermit::fs::descriptors().get(fd);
    if (!found) {
        return fail(found.error());
    }
    hermit::fs::Descriptor& descriptor = **found;
    switch (request) {
    case FIOCLEX:
        return control(fd, F_SETFD, FD_CLOEXEC);
    case FIONCLEX:
        return control(fd, F_SETFD, 0);
    case FIONBIO:
        descriptor.set_status(descriptor.append(), *static_cast<const int*>(argument) != 0);
        return 0;
    case FIONREAD:
        return readable_bytes(descriptor, static_cast<int*>(argument));
    default:
        return fail(ENOTTY); // as of everything that is no terminal
    }
}

HERMIT_POSIX long pathconf(const char* path, int name) {
    auto found = hermit::fs::names().find(nullptr, path);
    return found ? limit_of(name) : fail(found.error());
}

HERMIT_POSIX long fpathconf(int fd, int name) {
    auto found = hermit::fs::descriptors().get(fd);
    return found ? limit_of(name) : fail(found.error());
}
