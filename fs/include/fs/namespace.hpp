// The tree of names: every POSIX call that takes a path comes here.
#pragma once

#include <fs/directory.hpp>
#include <fs/path_walk.hpp>

namespace hermit::fs {

/// Protects all names and link counts. Taken before any node's mutex, after a descriptor's.
Mutex& tree_mutex();

/// Thread safe; thread context only. Paths are resolved from `base`, a directory, or from the
/// current directory if it is null. Errors are those of POSIX, those of `PathWalk::run` included;
/// permissions are stored but not checked, since everything runs as the superuser.
class Namespace {
  public:
    constexpr Namespace() = default;
    ~Namespace();

    /// Makes the root. Once, before everything else. Error: kOutOfMemory.
    Result<void> initialize();

    Result<Ref<Node>> find(Node* base, const char* path, LastLink last_link = LastLink::kFollow);
    /// Opens, and creates or truncates as the options say. `mode`: permissions of a new file.
    Result<Ref<Descriptor>> open(Node* base, const char* path, const OpenOptions& options,
                                 Mode mode);
    Result<void> make_directory(Node* base, const char* path, Mode mode);
    Result<void> make_symlink(const char* target, Node* base, const char* path);
    /// Gives a node (a new one, or an existing one another name) the name `path`.
    Result<void> add(Node* base, const char* path, Ref<Node> node);
    Result<void> link(Node* old_base, const char* old_path, Node* new_base, const char* new_path,
                      LastLink last_link);
    /// Removes a name of a file; kPermission for a directory.
    Result<void> unlink(Node* base, const char* path);
    Result<void> remove_directory(Node* base, const char* path);
    Result<void> rename(Node* old_base, const char* old_path, Node* new_base, const char* new_path);
    /// Copies the link's target, cut to `capacity`, without a null byte; returns its length.
    Result<std::size_t> read_symlink(Node* base, const char* path, char* to, std::size_t capacity);

    Result<void> change_directory(Ref<Node> directory);
    /// Writes the absolute path of the current directory with its null byte and returns its
    /// length. Errors: kNotFound if it was removed, kOverflow if it does not fit.
    Result<std::size_t> current_directory(char* to, std::size_t capacity);
    /// Writes the absolute path of an existing file without links, "." and "..".
    Result<std::size_t> absolute_path(const char* path, char* to, std::size_t capacity);

    /// Permission bits that new files do not get; returns the previous ones.
    Mode set_umask(Mode mask) { return umask_.exchange(mask & 0777); }

  private:
    Result<void> walk(PathWalk& walk, Node* base, const char* path, LastLink last_link);
    Mode masked(Mode mode) const { return mode & ~umask_.load() & kPermissionMask; }

    Ref<Directory> root_;
    Ref<Directory> current_;
    std::atomic<Mode> umask_{022};
};

} // namespace hermit::fs
