#include <fs/namespace.hpp>
#include <fs/regular_file.hpp>

#include "text.hpp"

#include <algorithm>
#include <cstring>

namespace hermit::fs {
namespace {

constexpr Error kMissing{Errc::kNotFound, "path"};
constexpr Error kNoDirectory{Errc::kNotDirectory, "path"};
constexpr Error kAlreadyThere{Errc::kExists, "path"};
constexpr Error kNoRoom{Errc::kNoSpace, "node"};

constinit Mutex the_tree_mutex;

/// Whether a name can be made where the walk ended. `directory`: of a directory, so that a
/// trailing slash is fine.
Result<void> check_new(const PathWalk& walk, bool directory) {
    if (walk.node() != nullptr) {
        return kAlreadyThere;
    }
    if (walk.trailing_slash() && !directory) {
        return kMissing;
    }
    return {};
}

/// Writes the absolute path of `directory`, then "/" and `name` if it is not empty.
Result<std::size_t> write_path(Directory& directory, std::string_view name, char* to,
                               std::size_t capacity) {
    constexpr Error kTooSmall{Errc::kOverflow, "path"};
    if (capacity == 0) {
        return kTooSmall;
    }
    // From the end of the buffer towards its start, then moved to the front.
    std::size_t start = capacity - 1;
    to[start] = '\0';
    const auto prepend = [&](std::string_view text) {
        if (text.size() + 1 > start) {
            return false;
        }
        start -= text.size();
        memcpy(to + start, text.data(), text.size());
        to[--start] = '/';
        return true;
    };
    if (!name.empty() && !prepend(name)) {
        return kTooSmall;
    }
    for (Directory* here = &directory; here->parent() != here; here = here->parent()) {
        if (here->removed()) {
            return kMissing;
        }
        if (!prepend(here->parent()->name_of(*here))) {
            return kTooSmall;
        }
    }
    if (start == capacity - 1 && !prepend({"", 0})) {
        return kTooSmall;
    }
    const std::size_t length = capacity - 1 - start;
    memmove(to, to + start, length + 1);
    return length;
}

} // namespace

Mutex& tree_mutex() { return the_tree_mutex; }

Namespace::~Namespace() = default;

Result<void> Namespace::initialize() {
    root_ = Ref<Directory>{new Directory{0755}};
    if (!root_) {
        return Error{Errc::kOutOfMemory, "root directory"};
    }
    root_->make_root();
    current_ = root_;
    return {};
}

Result<void> Namespace::walk(PathWalk& walk, Node* base, const char* path, LastLink last_link) {
    if (base != nullptr && !base->is_directory() && path[0] != '/') {
        return kNoDirectory;
    }
    const bool has_base = base != nullptr && base->is_directory();
    return walk.run(*root_, has_base ? static_cast<Directory&>(*base) : *current_, path, last_link);
}

Result<Ref<Node>> Namespace::find(Node* base, const char* path, LastLink last_link) {
    const MutexGuard guard{tree_mutex()};
    PathWalk found;
    TRY(walk(found, base, path, last_link));
    if (found.node() == nullptr) {
        return kMissing;
    }
    return Ref<Node>{found.node()};
}

Result<Ref<Descriptor>> Namespace::open(Node* base, const char* path, const OpenOptions& options,
                                        Mode mode) {
    Ref<Node> node;
    if (options.create && options.directory) {
        return Error{Errc::kInvalidArgument, "open"};
    }
    {
        const MutexGuard guard{tree_mutex()};
        const bool keep = options.no_follow || (options.create && options.exclusive);
        PathWalk found;
        TRY(walk(found, base, path, keep ? LastLink::kKeep : LastLink::kFollow));
        node = Ref<Node>{found.node()};
        if (!node) {
            if (!options.create) {
                return kMissing;
            }
            if (found.trailing_slash()) {
                return Error{Errc::kIsDirectory, "open"};
            }
            node = Ref<Node>{new RegularFile{masked(mode)}};
            if (!node) {
                return kNoRoom;
            }
            TRY(found.directory().insert(found.name(), node));
        } else if (options.create && options.exclusive) {
            return kAlreadyThere;
        }
    }
    if (node->is_symlink()) {
        return Error{Errc::kTooManySymlinks, "open"};
    }
    if (node->is_directory() && (options.write || options.create || options.truncate)) {
        return Error{Errc::kIsDirectory, "open"};
    }
    if (options.directory && !node->is_directory()) {
        return kNoDirectory;
    }
    Ref<Descriptor> descriptor = TRY(node->open(options));
    if (options.truncate && node->is_regular()) {
        TRY(node->resize(0));
    }
    return descriptor;
}

Result<void> Namespace::make_directory(Node* base, const char* path, Mode mode) {
    Ref<Node> directory{new Directory{masked(mode)}};
    if (!directory) {
        return kNoRoom;
    }
    const MutexGuard guard{tree_mutex()};
    PathWalk place;
    TRY(walk(place, base, path, LastLink::kKeepAlways));
    TRY(check_new(place, true));
    return place.directory().insert(place.name(), directory);
}

Result<void> Namespace::make_symlink(const char* target, Node* base, const char* path) {
    const std::string_view text{target, length_up_to(target, kMaxPath)};
    if (text.empty()) {
        return kMissing;
    }
    if (text.size() >= kMaxPath) {
        return Error{Errc::kNameTooLong, "symbolic link"};
    }
    Ref<Node> link = Symlink::make(text);
    if (!link) {
        return kNoRoom;
    }
    return add(base, path, link);
}

Result<void> Namespace::add(Node* base, const char* path, Ref<Node> node) {
    const MutexGuard guard{tree_mutex()};
    PathWalk place;
    TRY(walk(place, base, path, LastLink::kKeepAlways));
    TRY(check_new(place, false));
    return place.directory().insert(place.name(), node);
}

Result<void> Namespace::link(Node* old_base, const char* old_path, Node* new_base,
                             const char* new_path, LastLink last_link) {
    const MutexGuard guard{tree_mutex()};
    PathWalk old_place;
    TRY(walk(old_place, old_base, old_path, last_link));
    if (old_place.node() == nullptr) {
        return kMissing;
    }
    PathWalk place;
    TRY(walk(place, new_base, new_path, LastLink::kKeepAlways));
    TRY(check_new(place, false));
    if (old_place.node()->is_directory()) {
        return Error{Errc::kPermission, "link to a directory"};
    }
    return place.directory().insert(place.name(), Ref<Node>{old_place.node()});
}

Result<void> Namespace::unlink(Node* base, const char* path) {
    Ref<Node> removed; // the contents are freed after the mutex
    const MutexGuard guard{tree_mutex()};
    PathWalk found;
    TRY(walk(found, base, path, LastLink::kKeepAlways));
    if (found.node() == nullptr) {
        return kMissing;
    }
    if (found.node()->is_directory()) {
        return Error{Errc::kPermission, "unlink of a directory"};
    }
    if (found.trailing_slash()) {
        return kNoDirectory;
    }
    removed = found.directory().remove(found.name());
    return {};
}

Result<void> Namespace::remove_directory(Node* base, const char* path) {
    Ref<Node> removed;
    const MutexGuard guard{tree_mutex()};
    PathWalk found;
    TRY(walk(found, base, path, LastLink::kKeepAlways));
    if (found.node() == nullptr) {
        return kMissing;
    }
    if (!found.node()->is_directory()) {
        return kNoDirectory;
    }
    switch (found.last()) {
    case PathWalk::Last::kRoot:
        return Error{Errc::kBusy, "root directory"};
    case PathWalk::Last::kDot:
        return Error{Errc::kInvalidArgument, "last component is ."};
    case PathWalk::Last::kDotDot:
        return Error{Errc::kDirectoryNotEmpty, "last component is .."};
    case PathWalk::Last::kName:
        break;
    }
    if (!static_cast<Directory*>(found.node())->empty()) {
        return Error{Errc::kDirectoryNotEmpty, "directory"};
    }
    removed = found.directory().remove(found.name());
    return {};
}

Result<void> Namespace::rename(Node* old_base, const char* old_path, Node* new_base,
                               const char* new_path) {
    Ref<Node> replaced;
    const MutexGuard guard{tree_mutex()};
    PathWalk from;
    PathWalk to;
    TRY(walk(from, old_base, old_path, LastLink::kKeepAlways));
    TRY(walk(to, new_base, new_path, LastLink::kKeepAlways));
    if (from.node() == nullptr) {
        return kMissing;
    }
    for (const PathWalk* const walk : {&from, &to}) {
        if (walk->last() == PathWalk::Last::kRoot) {
            return Error{Errc::kBusy, "root directory"};
        }
        if (walk->last() != PathWalk::Last::kName) {
            return Error{Errc::kInvalidArgument, "last component is . or .."};
        }
    }
    Node& node = *from.node();
    if (!node.is_directory() && (from.trailing_slash() || to.trailing_slash())) {
        return kNoDirectory;
    }
    if (node.is_directory()) {
        // A directory must not become its own descendant.
        for (Directory* up = &to.directory(); up != nullptr; up = up->parent()) {
            if (up == &node) {
                return Error{Errc::kInvalidArgument, "into itself"};
            }
            if (up == up->parent()) {
                break;
            }
        }
    }
    if (Node* const old = to.node(); old != nullptr) {
        if (old == &node) {
            return {};
        }
        if (old->is_directory() && !node.is_directory()) {
            return Error{Errc::kIsDirectory, "rename"};
        }
        if (!old->is_directory() && node.is_directory()) {
            return kNoDirectory;
        }
        if (old->is_directory() && !static_cast<Directory*>(old)->empty()) {
            return Error{Errc::kDirectoryNotEmpty, "rename"};
        }
    }
    replaced = TRY(from.directory().move(from.name(), to.directory(), to.name()));
    return {};
}

Result<std::size_t> Namespace::read_symlink(Node* base, const char* path, char* to,
                                            std::size_t capacity) {
    const Ref<Node> node = TRY(find(base, path, LastLink::kKeep));
    if (!node->is_symlink()) {
        return Error{Errc::kInvalidArgument, "not a symbolic link"};
    }
    const std::string_view target = static_cast<Symlink*>(node.get())->target();
    const std::size_t length = std::min(capacity, target.size());
    memcpy(to, target.data(), length);
    return length;
}

Result<void> Namespace::change_directory(Ref<Node> directory) {
    if (!directory->is_directory()) {
        return kNoDirectory;
    }
    Ref<Directory> previous = Ref<Directory>{static_cast<Directory*>(directory.get())};
    const MutexGuard guard{tree_mutex()};
    std::swap(current_, previous);
    return {};
}

Result<std::size_t> Namespace::current_directory(char* to, std::size_t capacity) {
    const MutexGuard guard{tree_mutex()};
    return write_path(*current_, {}, to, capacity);
}

Result<std::size_t> Namespace::absolute_path(const char* path, char* to, std::size_t capacity) {
    const MutexGuard guard{tree_mutex()};
    PathWalk found;
    TRY(walk(found, nullptr, path, LastLink::kFollow));
    if (found.node() == nullptr) {
        return kMissing;
    }
    if (found.node()->is_directory()) {
        return write_path(static_cast<Directory&>(*found.node()), {}, to, capacity);
    }
    return write_path(found.directory(), found.name(), to, capacity);
}

} // namespace hermit::fs
