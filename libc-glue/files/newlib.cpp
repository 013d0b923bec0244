// The names under which Newlib calls the system. `errno` is per thread, so the reentrancy structure
// is not needed.
#include "common.hpp"

#include <reent.h>

// With thread-local reentrancy <reent.h> makes these names macros.
#undef _close_r
#undef _fcntl_r
#undef _fstat_r
#undef _isatty_r
#undef _lseek_r
#undef _mkdir_r
#undef _open_r
#undef _read_r
#undef _rename_r
#undef _stat_r
#undef _unlink_r
#undef _write_r

using namespace hermit::glue::files;

extern "C" {

int _open_r(_reent*, const char* path, int flags, int mode) {
    return open_at(AT_FDCWD, path, flags, static_cast<mode_t>(mode));
}
int _close_r(_reent*, int fd) { return close_descriptor(fd); }
_ssize_t _read_r(_reent*, int fd, void* to, size_t count) { return read_descriptor(fd, to, count); }
_ssize_t _write_r(_reent*, int fd, const void* from, size_t count) {
    return write_descriptor(fd, from, count);
}
_off_t _lseek_r(_reent*, int fd, _off_t offset, int whence) {
    return seek_descriptor(fd, offset, whence);
}
int _fcntl_r(_reent*, int fd, int command, int argument) { return control(fd, command, argument); }
int _fstat_r(_reent*, int fd, struct stat* result) { return stat_descriptor(fd, result); }
int _stat_r(_reent*, const char* path, struct stat* result) {
    return stat_at(AT_FDCWD, path, result, 0);
}
int _isatty_r(_reent*, int fd) { return is_terminal(fd) ? 1 : 0; }
int _rename_r(_reent*, const char* old_path, const char* new_path) {
    return rename_at(AT_FDCWD, old_path, AT_FDCWD, new_path);
}
int _mkdir_r(_reent*, const char* path, int mode) {
    return mkdir_at(AT_FDCWD, path, static_cast<mode_t>(mode));
}
/// Newlib calls this only from remove, which POSIX wants to remove empty directories too.
int _unlink_r(_reent*, const char* path) {
    struct stat status;
    const bool is_directory =
        stat_at(AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
    return unlink_at(AT_FDCWD, path, is_directory ? AT_REMOVEDIR : 0);
}

} // extern "C"
