// Directories and symbolic links in memory.
#pragma once

#include <base/list.hpp>
#include <fs/node.hpp>

#include <string_view>

namespace hermit::fs {

inline constexpr std::size_t kMaxName = 255;

/// Names are found by hash and listed in the order in which they were made, each with a number
/// that never changes: a listing goes on correctly whatever is added or removed meanwhile.
/// All functions but `open` are called with the namespace's mutex held.
class Directory final : public Node {
  public:
    explicit Directory(Mode permissions);
    ~Directory() override;

    Result<Ref<Descriptor>> open(const OpenOptions& options) override;

    /// The node of that name; null if there is none.
    Node* find(std::string_view name);
    /// Adds a name that is not there yet, counting links. Errors: kOutOfMemory as kNoSpace;
    /// kNotFound if this directory has itself been removed.
    Result<void> insert(std::string_view name, Ref<Node> node);
    /// Takes out a name that is there, counting links, and returns the node.
    Ref<Node> remove(std::string_view name);
    /// Moves a name that is there to `to`, replacing what has `new_name` there, and returns that.
    /// Nothing has changed on an error; those of `insert`.
    Result<Ref<Node>> move(std::string_view name, Directory& to, std::string_view new_name);
    bool empty() { return entries_.empty(); }

    /// The directory that holds this one; itself for the root; null once removed.
    Directory* parent() const { return parent_; }
    void make_root();
    bool removed() const { return parent_ == nullptr; }
    /// The name of `child` in this directory; empty if it is not there.
    std::string_view name_of(const Node& child);
    /// Passes the items numbered `position` and up to `sink`; returns where to go on. The first
    /// two are "." and "..".
    std::uint64_t list(std::uint64_t position, DirectorySink& sink);

  private:
    struct Entry {
        ListNode order;
        Entry* next_in_bucket;
        Node* node; // one reference is held
        std::uint64_t number;
        std::uint32_t hash;
        std::uint32_t length;
        char name[1]; // `length` bytes
        std::string_view view() const { return {name, length}; }
    };

    void describe(Attributes& attributes) override;
    Entry** place_of(std::string_view name, std::uint32_t hash);
    void grow();
    Result<Entry*> prepare(std::string_view name);
    void commit(Entry* entry, Ref<Node> node);

    List<Entry, &Entry::order> entries_;
    Entry** buckets_ = nullptr;
    std::size_t bucket_count_ = 0; // a power of two
    std::size_t count_ = 0;
    std::uint64_t next_number_ = 2; // 0 and 1 are "." and ".."
    Directory* parent_ = nullptr;
};

class Symlink final : public Node {
  public:
    /// Null if memory is out.
    static Ref<Symlink> make(std::string_view target);
    ~Symlink() override;
    /// Does not change, so no lock is needed.
    std::string_view target() const { return {text_, length_}; }

  private:
    Symlink(char* text, std::size_t length)
        : Node{kTypeSymlink | 0777}, text_{text}, length_{length} {}
    void describe(Attributes& attributes) override { attributes.size = length_; }

    char* text_;
    std::size_t length_;
};

} // namespace hermit::fs
