// Finding a file by its path, as POSIX "pathname resolution" describes it.
#pragma once

#include <fs/directory.hpp>

#include <string_view>

namespace hermit::fs {

inline constexpr std::size_t kMaxPath = 4096; // with the null byte
inline constexpr unsigned kMaxSymlinks = 40;

/// What to do with a symbolic link in the path's last place.
enum class LastLink : std::uint8_t {
    kFollow,
    kKeep,       // followed only before a trailing slash
    kKeepAlways, // for those who make, remove or rename the link itself
};

/// One resolution; the namespace's mutex is held over it and the use of its results.
class PathWalk {
  public:
    enum class Last : std::uint8_t { kName, kDot, kDotDot, kRoot };

    PathWalk() = default;
    PathWalk(const PathWalk&) = delete;
    PathWalk& operator=(const PathWalk&) = delete;
    ~PathWalk() { environment().release(buffer_); }

    /// Resolves `path` from `start`, or from `root` if it begins with a slash. Only the last
    /// component may be missing. Errors: kNotFound, kNotDirectory, kTooManySymlinks,
    /// kNameTooLong, kOutOfMemory.
    Result<void> run(Directory& root, Directory& start, const char* path, LastLink last_link);

    /// The directory that holds the last component, and that component.
    Directory& directory() const { return *directory_; }
    std::string_view name() const { return name_; }
    Last last() const { return last_; }
    /// What the path names; null if it does not exist.
    Node* node() const { return node_; }
    /// Whether the path ended in a slash: then it can only name a directory.
    bool trailing_slash() const { return trailing_slash_; }

  private:
    Result<void> step(std::string_view name);
    Result<std::string_view> expand(const Symlink& link, std::string_view rest);

    Directory* directory_ = nullptr;
    Node* node_ = nullptr;
    std::string_view name_;
    Last last_ = Last::kRoot;
    bool trailing_slash_ = false;
    unsigned links_followed_ = 0;
    char* buffer_ = nullptr;
};

} // namespace hermit::fs
