// What all file calls share: errors, descriptors by number, starting directories.
#pragma once

#include <base/result.hpp>
#include <fs/process.hpp>

#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

/// POSIX names are weak: an application may define its own.
#define HERMIT_POSIX extern "C" [[gnu::weak]]

namespace hermit::glue::files {

/// Sets `errno` to what POSIX calls the error and returns −1.
int fail(const Error& error);
inline int fail(int error_number) {
    errno = error_number;
    return -1;
}

/// 0, or −1 with `errno` set.
inline int status(const Result<void>& result) { return result ? 0 : fail(result.error()); }
/// The number, or −1 with `errno` set.
template <class T>
ssize_t number(Result<T> result) {
    return result ? static_cast<ssize_t>(*result) : fail(result.error());
}

/// Where a relative path starts: null for the current directory. Holds the descriptor meanwhile.
class Base {
  public:
    /// `fd` may be AT_FDCWD, and is not looked at if `path` is absolute. On failure `ok()` is false
    /// and `errno` is set.
    Base(int fd, const char* path);
    bool ok() const { return ok_; }
    fs::Node* node() const { return descriptor_ ? descriptor_->node() : nullptr; }

  private:
    fs::Ref<fs::Descriptor> descriptor_;
    bool ok_ = true;
};

int open_at(int base, const char* path, int flags, mode_t mode);
int control(int fd, int command, long argument);
void fill(struct stat& result, const fs::Attributes& attributes);
int stat_at(int base, const char* path, struct stat* result, int flags);
int stat_descriptor(int fd, struct stat* result);
int rename_at(int old_base, const char* old_path, int new_base, const char* new_path);
int mkdir_at(int base, const char* path, mode_t mode);
int unlink_at(int base, const char* path, int flags);
ssize_t read_descriptor(int fd, void* to, std::size_t count);
ssize_t write_descriptor(int fd, const void* from, std::size_t count);
off_t seek_descriptor(int fd, off_t offset, int whence);
int close_descriptor(int fd);
bool is_terminal(int fd);

} // namespace hermit::glue::files
