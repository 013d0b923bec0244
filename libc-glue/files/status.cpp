// stat and its relatives: what a file is, its size, permissions and times.
#include "common.hpp"

#include <climits>
#include <cstdint>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

namespace hermit::glue::files {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

timespec to_timespec(std::int64_t nanoseconds) {
    std::int64_t seconds = nanoseconds / kNanosecondsPerSecond;
    std::int64_t rest = nanoseconds % kNanosecondsPerSecond;
    if (rest < 0) {
        --seconds;
        rest += kNanosecondsPerSecond;
    }
    return {static_cast<time_t>(seconds), static_cast<long>(rest)};
}

/// The node that a path names, or null with `errno` set. Flags as of fstatat.
fs::Ref<fs::Node> node_at(int base, const char* path, int flags) {
    if (path[0] == '\0' && (flags & AT_EMPTY_PATH) != 0 && base != AT_FDCWD) {
        auto found = fs::descriptors().get(base);
        if (!found) {
            fail(found.error());
            return {};
        }
        return fs::Ref<fs::Node>{(*found)->node()};
    }
    const Base start{base, path};
    if (!start.ok()) {
        return {};
    }
    const bool keep = (flags & AT_SYMLINK_NOFOLLOW) != 0;
    auto found =
        fs::names().find(start.node(), path, keep ? fs::LastLink::kKeep : fs::LastLink::kFollow);
    if (!found) {
        fail(found.error());
        return {};
    }
    return *found;
}

/// The node behind a descriptor, or null with `errno` set.
fs::Ref<fs::Node> node_of(int fd) {
    auto found = fs::descriptors().get(fd);
    if (!found) {
        fail(found.error());
        return {};
    }
    fs::Ref<fs::Node> node{(*found)->node()};
    if (!node) {
        fail(EINVAL);
    }
    return node;
}

bool to_nanoseconds(const timespec& time, std::int64_t& nanoseconds) {
    if (time.tv_nsec == UTIME_NOW) {
        nanoseconds = static_cast<std::int64_t>(fs::environment().realtime_ns());
        return true;
    }
    if (time.tv_nsec == UTIME_OMIT) {
        nanoseconds = fs::kTimeOmitted;
        return true;
    }
    constexpr std::int64_t kMost = INT64_MAX / kNanosecondsPerSecond - 1;
    if (time.tv_nsec < 0 || time.tv_nsec >= kNanosecondsPerSecond || time.tv_sec > kMost ||
        time.tv_sec < -kMost) {
        return false;
    }
    nanoseconds = time.tv_sec * kNanosecondsPerSecond + time.tv_nsec;
    return true;
}

int set_times(const fs::Ref<fs::Node>& node, const timespec* times) {
    if (!node) {
        return -1;
    }
    const timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    if (times == nullptr) {
        times = now;
    }
    std::int64_t accessed = 0;
    std::int64_t modified = 0;
    if (!to_nanoseconds(times[0], accessed) || !to_nanoseconds(times[1], modified)) {
        return fail(EINVAL);
    }
    node->set_times(accessed, modified);
    return 0;
}

/// As above from microseconds.
int set_times(const fs::Ref<fs::Node>& node, const timeval* times) {
    if (times == nullptr) {
        return set_times(node, static_cast<const timespec*>(nullptr));
    }
    timespec converted[2];
    for (int i = 0; i < 2; ++i) {
        if (times[i].tv_usec < 0 || times[i].tv_usec >= 1'000'000) {
            return fail(EINVAL);
        }
        converted[i] = {times[i].tv_sec, static_cast<long>(times[i].tv_usec) * 1000};
    }
    return set_times(node, converted);
}

int set_mode(const fs::Ref<fs::Node>& node, mode_t mode) {
    if (!node) {
        return -1;
    }
    node->set_permissions(mode);
    return 0;
}

int set_owner(const fs::Ref<fs::Node>& node, uid_t user, gid_t group) {
    if (!node) {
        return -1;
    }
    node->set_owner(user, group);
    return 0;
}

/// As the superuser: everything but executing what nobody may execute.
int check_access(const fs::Ref<fs::Node>& node, int mode) {
    if (!node) {
        return -1;
    }
    const fs::Mode permissions = node->attributes().mode;
    if ((mode & X_OK) != 0 && !node->is_directory() && (permissions & 0111) == 0) {
        return fail(EACCES);
    }
    return 0;
}

int fill_file_system(struct statvfs* result) {
    const fs::MemoryFigures memory = fs::environment().memory();
    *result = {};
    result->f_bsize = result->f_frsize = fs::kPageBytes;
    result->f_blocks = memory.total_bytes / fs::kPageBytes;
    result->f_bfree = result->f_bavail = memory.free_bytes / fs::kPageBytes;
    result->f_files = result->f_blocks;
    result->f_ffree = result->f_favail = result->f_bfree;
    result->f_fsid = 1;
    result->f_namemax = fs::kMaxName;
    return 0;
}

} // namespace

void fill(struct stat& result, const fs::Attributes& attributes) {
    result = {};
    result.st_dev = attributes.device;
    result.st_ino = attributes.inode;
    result.st_mode = attributes.mode;
    result.st_nlink = static_cast<nlink_t>(attributes.links);
    result.st_uid = attributes.user;
    result.st_gid = attributes.group;
    result.st_rdev = attributes.special_device;
    result.st_size = static_cast<off_t>(attributes.size);
    result.st_blksize = fs::kPageBytes;
    result.st_blocks = static_cast<blkcnt_t>(attributes.allocated_bytes / 512);
    result.st_atim = to_timespec(attributes.accessed_ns);
    result.st_mtim = to_timespec(attributes.modified_ns);
    result.st_ctim = to_timespec(attributes.changed_ns);
}

int stat_at(int base, const char* path, struct stat* result, int flags) {
    const fs::Ref<fs::Node> node = node_at(base, path, flags);
    if (!node) {
        return -1;
    }
    fill(*result, node->attributes());
    return 0;
}

int stat_descriptor(int fd, struct stat* result) {
    auto found = fs::descriptors().get(fd);
    if (!found) {
        return fail(found.error());
    }
    auto attributes = (*found)->attributes();
    if (!attributes) {
        return fail(attributes.error());
    }
    fill(*result, *attributes);
    return 0;
}

} // namespace hermit::glue::files

using namespace hermit::glue::files;

HERMIT_POSIX int stat(const char* path, struct stat* result) {
    return stat_at(AT_FDCWD, path, result, 0);
}
HERMIT_POSIX int lstat(const char* path, struct stat* result) {
    return stat_at(AT_FDCWD, path, result, AT_SYMLINK_NOFOLLOW);
}
HERMIT_POSIX int fstatat(int base, const char* path, struct stat* result, int flags) {
    return stat_at(base, path, result, flags);
}
HERMIT_POSIX int fstat(int fd, struct stat* result) { return stat_descriptor(fd, result); }

HERMIT_POSIX int faccessat(int base, const char* path, int mode, int flags) {
    return check_access(node_at(base, path, flags), mode);
}
HERMIT_POSIX int access(const char* path, int mode) {
    return check_access(node_at(AT_FDCWD, path, 0), mode);
}
HERMIT_POSIX int eaccess(const char* path, int mode) {
    return check_access(node_at(AT_FDCWD, path, 0), mode);
}
HERMIT_POSIX int euidaccess(const char* path, int mode) {
    return check_access(node_at(AT_FDCWD, path, 0), mode);
}

HERMIT_POSIX int chmod(const char* path, mode_t mode) {
    return set_mode(node_at(AT_FDCWD, path, 0), mode);
}
HERMIT_POSIX int fchmod(int fd, mode_t mode) { return set_mode(node_of(fd), mode); }
HERMIT_POSIX int fchmodat(int base, const char* path, mode_t mode, int flags) {
    return set_mode(node_at(base, path, flags), mode);
}
HERMIT_POSIX mode_t umask(mode_t mask) { return hermit::fs::names().set_umask(mask); }

HERMIT_POSIX int chown(const char* path, uid_t user, gid_t group) {
    return set_owner(node_at(AT_FDCWD, path, 0), user, group);
}
HERMIT_POSIX int lchown(const char* path, uid_t user, gid_t group) {
    return set_owner(node_at(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW), user, group);
}
HERMIT_POSIX int fchown(int fd, uid_t user, gid_t group) {
    return set_owner(node_of(fd), user, group);
}
HERMIT_POSIX int fchownat(int base, const char* path, uid_t user, gid_t group, int flags) {
    return set_owner(node_at(base, path, flags), user, group);
}

HERMIT_POSIX int utimensat(int base, const char* path, const timespec times[2], int flags) {
    return set_times(node_at(base, path, flags), times);
}
HERMIT_POSIX int futimens(int fd, const timespec times[2]) { return set_times(node_of(fd), times); }
HERMIT_POSIX int utimes(const char* path, const timeval times[2]) {
    return set_times(node_at(AT_FDCWD, path, 0), times);
}
HERMIT_POSIX int lutimes(const char* path, const timeval times[2]) {
    return set_times(node_at(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW), times);
}
HERMIT_POSIX int futimes(int fd, const timeval times[2]) { return set_times(node_of(fd), times); }
HERMIT_POSIX int utime(const char* path, const utimbuf* times) {
    const auto node = node_at(AT_FDCWD, path, 0);
    if (times == nullptr) {
        return set_times(node, static_cast<const timespec*>(nullptr));
    }
    const timespec converted[2] = {{times->actime, 0}, {times->modtime, 0}};
    return set_times(node, converted);
}

HERMIT_POSIX int statvfs(const char* path, struct statvfs* result) {
    return node_at(AT_FDCWD, path, 0) ? fill_file_system(result) : -1;
}
HERMIT_POSIX int fstatvfs(int fd, struct statvfs* result) {
    return node_of(fd) ? fill_file_system(result) : -1;
}
