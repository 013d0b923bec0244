// Random operations on the file system in memory, memory running out now and then. Contents are
// compared with a model, link counts with what the directories hold; at the end nothing may be
// left.
#include "input.hpp"

#include <fs/namespace.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

using namespace hermit;
using namespace hermit::fs;
using fuzz::check;
using fuzz::Input;

namespace {

long live = 0;
long until_failure = -1; // allocations that still succeed; negative: all

bool fails() { return until_failure >= 0 && until_failure-- == 0; }

void* allocate(std::size_t bytes) {
    if (fails()) {
        return nullptr;
    }
    ++live;
    return std::malloc(bytes);
}
void release(void* block) {
    live -= block != nullptr ? 1 : 0;
    std::free(block);
}
void* allocate_page() {
    void* const page = allocate(kPageBytes);
    if (page != nullptr) {
        std::memset(page, 0xA5, kPageBytes);
    }
    return page;
}

/// A path of few names, so that the same files are met again.
std::string choose_path(Input& input) {
    static const char* const kParts[] = {"a", "b", "c", ".", "..", "/", "//", "longer_name"};
    std::string text;
    for (unsigned parts = input.byte() % 6; parts > 0; --parts) {
        text += kParts[input.byte() % std::size(kParts)];
        text += input.byte() % 4 != 0 ? "/" : "";
    }
    if (!text.empty() && text.back() == '/' && input.byte() % 2 == 0) {
        text.pop_back();
    }
    return text;
}

/// What files should hold, by inode.
std::map<std::uint64_t, std::string> model;

struct Names final : DirectorySink {
    bool take(const DirectoryItem& item) override {
        names.emplace_back(item.name, item.length);
        return true;
    }
    std::vector<std::string> names;
};

/// Walks the tree, compares all files, and counts the links to each node.
void verify(Directory& directory, std::map<Node*, unsigned>& links, unsigned depth) {
    check(depth < 1000, "a cycle");
    Names found;
    directory.list(2, found);
    links[&directory] += 1;
    for (const std::string& name : found.names) {
        Node* const node = directory.find(name);
        check(node != nullptr, "a listed name is found");
        links[node] += 1;
        if (node->is_directory()) {
            auto& child = static_cast<Directory&>(*node);
            check(child.parent() == &directory, "the parent");
            links[&directory] += 1;
            verify(child, links, depth + 1);
        } else if (node->is_regular()) {
            const std::string& expected = model[node->inode()];
            check(node->attributes().size == expected.size(), "the size");
            auto descriptor = node->open({.read = true});
            std::string text(expected.size(), '?');
            check(*(*descriptor)->read(text.data(), text.size()) == text.size(), "the length");
            check(text == expected, "the contents");
        }
    }
}

void change_file(Input& input, Descriptor& file) {
    std::string& expected = model[file.node()->inode()];
    if (input.byte() % 3 == 0) {
        const std::size_t size = input.byte() * 97;
        if (file.resize(size)) {
            expected.resize(size);
        }
        return;
    }
    const std::size_t offset = input.byte() * 97;
    const std::string text(input.byte() * 61, static_cast<char>('a' + input.byte() % 26));
    auto done = file.write_at(offset, text.data(), text.size());
    if (done && *done > 0) {
        check(*done <= text.size(), "the count written");
        expected.resize(std::max(expected.size(), offset + *done));
        expected.replace(offset, *done, text, 0, *done);
    }
}

void step(Input& input, Namespace& names, std::vector<Ref<Descriptor>>& open) {
    const unsigned operation = input.byte() % 10;
    until_failure = input.byte() % 8 == 0 ? static_cast<long>(input.byte() % 6) : -1;
    const std::string path = choose_path(input);
    const std::string other = operation < 4 ? choose_path(input) : "";
    switch (operation) {
    case 0:
        static_cast<void>(names.rename(nullptr, path.c_str(), nullptr, other.c_str()));
        break;
    case 1:
        static_cast<void>(
            names.link(nullptr, path.c_str(), nullptr, other.c_str(), LastLink::kKeep));
        break;
    case 2:
        static_cast<void>(names.make_symlink(other.c_str(), nullptr, path.c_str()));
        break;
    case 3:
        static_cast<void>(names.make_directory(nullptr, path.c_str(), 0755));
        static_cast<void>(names.make_directory(nullptr, other.c_str(), 0755));
        break;
    case 4:
        static_cast<void>(names.unlink(nullptr, path.c_str()));
        break;
    case 5:
        static_cast<void>(names.remove_directory(nullptr, path.c_str()));
        break;
    case 6:
        if (auto found = names.find(nullptr, path.c_str())) {
            static_cast<void>(names.change_directory(*found));
        }
        break;
    case 7:
        if (!open.empty()) {
            open.erase(open.begin() + input.byte() % static_cast<unsigned>(open.size()));
        }
        break;
    default:
        if (auto file = names.open(nullptr, path.c_str(),
                                   {.read = true, .write = true, .create = true}, 0644)) {
            change_file(input, **file);
            open.push_back(*file);
        }
    }
    until_failure = -1;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    set_environment({.allocate = allocate,
                     .release = release,
                     .allocate_page = allocate_page,
                     .release_page = release,
                     .wait = [](const std::uint32_t*, std::uint32_t) { std::abort(); },
                     .wake = [](const std::uint32_t*, unsigned) {},
                     .realtime_ns = [] { return std::uint64_t{1}; },
                     .fill_random = nullptr,
                     .memory = nullptr});
    model.clear();
    {
        Namespace names;
        check(static_cast<bool>(names.initialize()), "the start");
        std::vector<Ref<Descriptor>> open;
        Input input{data, size};
        while (!input.empty()) {
            step(input, names, open);
            const Ref<Node> root = *names.find(nullptr, "/");
            std::map<Node*, unsigned> links;
            verify(static_cast<Directory&>(*root), links, 0);
            for (const auto& [node, count] : links) {
                // The root's own ".." has no entry.
                check(node->attributes().links == count + (node == root.get() ? 1 : 0),
                      "the link count");
            }
        }
    }
    check(live == 0, "all memory came back");
    return 0;
}
