// Making, removing and renaming names; the current directory.
#include "common.hpp"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace hermit::glue::files {
namespace {

using fs::LastLink;

int make_symlink(const char* target, int base, const char* path) {
    const Base start{base, path};
    return start.ok() ? status(fs::names().make_symlink(target, start.node(), path)) : -1;
}

int make_link(int old_base, const char* old_path, int new_base, const char* new_path,
              LastLink last_link) {
    const Base from{old_base, old_path};
    const Base to{new_base, new_path};
    if (!from.ok() || !to.ok()) {
        return -1;
    }
    return status(fs::names().link(from.node(), old_path, to.node(), new_path, last_link));
}

ssize_t read_link(int base, const char* path, char* to, std::size_t capacity) {
    const Base start{base, path};
    return start.ok() ? number(fs::names().read_symlink(start.node(), path, to, capacity)) : -1;
}

/// A copy for the caller to free, or null with `errno` set.
char* duplicate(const char* text, std::size_t length) {
    auto* const copy = static_cast<char*>(malloc(length + 1));
    if (copy == nullptr) {
        fail(ENOMEM);
        return nullptr;
    }
    memcpy(copy, text, length + 1);
    return copy;
}

} // namespace

int mkdir_at(int base, const char* path, mode_t mode) {
    const Base start{base, path};
    return start.ok() ? status(fs::names().make_directory(start.node(), path, mode)) : -1;
}

int unlink_at(int base, const char* path, int flags) {
    const Base start{base, path};
    if (!start.ok()) {
        return -1;
    }
    return status((flags & AT_REMOVEDIR) != 0 ? fs::names().remove_directory(start.node(), path)
                                              : fs::names().unlink(start.node(), path));
}

int rename_at(int old_base, const char* old_path, int new_base, const char* new_path) {
    const Base from{old_base, old_path};
    const Base to{new_base, new_path};
    if (!from.ok() || !to.ok()) {
        return -1;
    }
    return status(fs::names().rename(from.node(), old_path, to.node(), new_path));
}

} // namespace hermit::glue::files

using namespace hermit::glue::files;
using hermit::fs::LastLink;

HERMIT_POSIX int mkdir(const char* path, mode_t mode) { return mkdir_at(AT_FDCWD, path, mode); }
HERMIT_POSIX int mkdirat(int base, const char* path, mode_t mode) {
    return mkdir_at(base, path, mode);
}
HERMIT_POSIX int rmdir(const char* path) { return unlink_at(AT_FDCWD, path, AT_REMOVEDIR); }
HERMIT_POSIX int unlink(const char* path) { return unlink_at(AT_FDCWD, path, 0); }
HERMIT_POSIX int unlinkat(int base, const char* path, int flags) {
    return unlink_at(base, path, flags);
}

HERMIT_POSIX int renameat(int old_base, const char* old_path, int new_base, const char* new_path) {
    return rename_at(old_base, old_path, new_base, new_path);
}

HERMIT_POSIX int link(const char* old_path, const char* new_path) {
    return make_link(AT_FDCWD, old_path, AT_FDCWD, new_path, LastLink::kKeep);
}
HERMIT_POSIX int linkat(int old_base, const char* old_path, int new_base, const char* new_path,
                        int flags) {
    const bool follow = (flags & AT_SYMLINK_FOLLOW) != 0;
    return make_link(old_base, old_path, new_base, new_path,
                     follow ? LastLink::kFollow : LastLink::kKeep);
}

HERMIT_POSIX int symlink(const char* target, const char* path) {
    return make_symlink(target, AT_FDCWD, path);
}
HERMIT_POSIX int symlinkat(const char* target, int base, const char* path) {
    return make_symlink(target, base, path);
}
HERMIT_POSIX ssize_t readlink(const char* path, char* to, size_t capacity) {
    return read_link(AT_FDCWD, path, to, capacity);
}
HERMIT_POSIX ssize_t readlinkat(int base, const char* path, char* to, size_t capacity) {
    return read_link(base, path, to, capacity);
}

HERMIT_POSIX int chdir(const char* path) {
    auto found = hermit::fs::names().find(nullptr, path);
    return found ? status(hermit::fs::names().change_directory(*found)) : fail(found.error());
}

HERMIT_POSIX int fchdir(int fd) {
    auto found = hermit::fs::descriptors().get(fd);
    if (!found) {
        return fail(found.error());
    }
    const hermit::fs::Ref<hermit::fs::Node> node{(*found)->node()};
    return node ? status(hermit::fs::names().change_directory(node)) : fail(ENOTDIR);
}

HERMIT_POSIX char* getcwd(char* to, size_t capacity) {
    char buffer[PATH_MAX];
    if (to != nullptr && capacity == 0) {
        fail(EINVAL);
        return nullptr;
    }
    char* const target = to != nullptr ? to : buffer;
    auto length =
        hermit::fs::names().current_directory(target, to != nullptr ? capacity : sizeof(buffer));
    if (!length) {
        const bool too_small = length.error().code == hermit::Errc::kOverflow;
        too_small ? fail(ERANGE) : fail(length.error());
        return nullptr;
    }
    return to != nullptr ? to : duplicate(buffer, *length);
}

HERMIT_POSIX char* realpath(const char* path, char* to) {
    if (path == nullptr) {
        fail(EINVAL);
        return nullptr;
    }
    char buffer[PATH_MAX];
    auto length = hermit::fs::names().absolute_path(path, buffer, sizeof(buffer));
    if (!length) {
        const bool too_long = length.error().code == hermit::Errc::kOverflow;
        too_long ? fail(ENAMETOOLONG) : fail(length.error());
        return nullptr;
    }
    if (to == nullptr) {
        return duplicate(buffer, *length);
    }
    memcpy(to, buffer, *length + 1);
    return to;
}
