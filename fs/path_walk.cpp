#include <fs/path_walk.hpp>

#include "text.hpp"

#include <cstring>

namespace hermit::fs {
namespace {

constexpr Error kTooLong{Errc::kNameTooLong, "path"};

void skip_slashes(std::string_view& text) {
    while (!text.empty() && text.front() == '/') {
        text.remove_prefix(1);
    }
}

std::string_view take_component(std::string_view& text) {
    std::size_t length = 0;
    while (length < text.size() && text[length] != '/') {
        ++length;
    }
    const std::string_view component{text.data(), length};
    text.remove_prefix(length);
    return component;
}

} // namespace

Result<void> PathWalk::run(Directory& root, Directory& start, const char* path,
                           LastLink last_link) {
    const std::size_t length = length_up_to(path, kMaxPath);
    if (length == kMaxPath) {
        return kTooLong;
    }
    if (length == 0) {
        return Error{Errc::kNotFound, "empty path"};
    }
    std::string_view rest{path, length};
    node_ = &start;
    bool from_root = rest.front() == '/';
    while (true) {
        if (from_root) {
            directory_ = &root;
            node_ = &root;
            name_ = {};
            last_ = Last::kRoot;
        }
        skip_slashes(rest);
        if (rest.empty()) {
            return {};
        }
        if (!node_->is_directory()) {
            return Error{Errc::kNotDirectory, "path"};
        }
        directory_ = static_cast<Directory*>(node_);
        TRY(step(take_component(rest)));
        std::string_view after = rest;
        skip_slashes(after);
        const bool is_last = after.empty();
        trailing_slash_ = is_last && !rest.empty();
        from_root = false;
        if (node_ == nullptr) {
            if (!is_last) {
                return Error{Errc::kNotFound, "path"};
            }
            return {};
        }
        const bool follow = !is_last || last_link == LastLink::kFollow ||
                            (last_link == LastLink::kKeep && trailing_slash_);
        if (node_->is_symlink() && follow) {
            rest = TRY(expand(static_cast<Symlink&>(*node_), rest));
            from_root = rest.front() == '/';
            node_ = directory_;
            continue;
        }
        if (is_last) {
            const bool wrong = trailing_slash_ && !node_->is_directory();
            if (wrong && last_link != LastLink::kKeepAlways) {
                return Error{Errc::kNotDirectory, "path"};
            }
            return {};
        }
    }
}

/// Looks `name` up in the current directory.
Result<void> PathWalk::step(std::string_view name) {
    name_ = name;
    if (name.size() > kMaxName) {
        return kTooLong;
    }
    if (same(name, ".")) {
        last_ = Last::kDot;
        node_ = directory_;
    } else if (same(name, "..")) {
        last_ = Last::kDotDot;
        node_ = directory_->parent();
        if (node_ == nullptr) {
            return Error{Errc::kNotFound, "removed directory"};
        }
    } else {
        last_ = Last::kName;
        node_ = directory_->find(name);
    }
    return {};
}

/// Returns the path to go on with: the link's target and then what stood behind the link.
Result<std::string_view> PathWalk::expand(const Symlink& link, std::string_view rest) {
    if (++links_followed_ > kMaxSymlinks) {
        return Error{Errc::kTooManySymlinks, "path"};
    }
    const std::string_view target = link.target();
    const std::size_t length = target.size() + rest.size();
    if (length >= kMaxPath) {
        return kTooLong;
    }
    auto* const text = static_cast<char*>(environment().allocate(length));
    if (text == nullptr) {
        return Error{Errc::kOutOfMemory, "path"};
    }
    memcpy(text, target.data(), target.size());
    memcpy(text + target.size(), rest.data(), rest.size());
    environment().release(buffer_); // `rest` may have been in it
    buffer_ = text;
    return std::string_view{text, length};
}

} // namespace hermit::fs
