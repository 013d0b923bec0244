#include <fs/directory.hpp>
#include <fs/namespace.hpp>

#include "text.hpp"

#include <cstring>
#include <new>

namespace hermit::fs {
namespace {

/// FNV-1a.
std::uint32_t hash_of(std::string_view name) {
    std::uint32_t hash = 2166136261;
    for (const char c : name) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
    }
    return hash;
}

class DirectoryDescriptor final : public Descriptor {
  public:
    DirectoryDescriptor(Directory& directory, const OpenOptions& options)
        : Descriptor{options}, directory_{&directory} {}

    Node* node() override { return directory_.get(); }
    Result<Attributes> attributes() override { return directory_->attributes(); }

    Result<std::uint64_t> seek(std::int64_t offset, Whence whence) override {
        const MutexGuard guard{mutex_};
        const std::int64_t base =
            whence == Whence::kCurrent ? static_cast<std::int64_t>(position_) : 0;
        std::int64_t target;
        if (whence == Whence::kEnd || __builtin_add_overflow(base, offset, &target) || target < 0) {
            return Error{Errc::kInvalidArgument, "seek"};
        }
        return position_ = static_cast<std::uint64_t>(target);
    }
    Result<void> list(DirectorySink& sink) override {
        const MutexGuard guard{mutex_};
        const MutexGuard tree{tree_mutex()};
        position_ = directory_->list(position_, sink);
        return {};
    }

  protected:
    Result<std::size_t> do_read(void*, std::size_t) override {
        return Error{Errc::kIsDirectory, "read"};
    }
    Result<std::size_t> do_read_at(std::uint64_t, void*, std::size_t) override {
        return Error{Errc::kIsDirectory, "read"};
    }

  private:
    Ref<Directory> directory_;
    Mutex mutex_; // of the position; taken before the namespace's
    std::uint64_t position_ = 0;
};

} // namespace

Directory::Directory(Mode permissions) : Node{kTypeDirectory | (permissions & kPermissionMask)} {
    add_links(1); // "."
}

Directory::~Directory() {
    while (Entry* const entry = entries_.pop_front()) {
        if (entry->node->is_directory()) {
            static_cast<Directory*>(entry->node)->parent_ = nullptr;
        }
        entry->node->release();
        environment().release(entry);
    }
    environment().release(buckets_);
}

Result<Ref<Descriptor>> Directory::open(const OpenOptions& options) {
    Ref<Descriptor> descriptor{new DirectoryDescriptor{*this, options}};
    if (!descriptor) {
        return Error{Errc::kOutOfMemory, "descriptor"};
    }
    return descriptor;
}

Node* Directory::find(std::string_view name) {
    if (bucket_count_ == 0) {
        return nullptr;
    }
    Entry* const entry = *place_of(name, hash_of(name));
    return entry != nullptr ? entry->node : nullptr;
}

Result<void> Directory::insert(std::string_view name, Ref<Node> node) {
    commit(TRY(prepare(name)), std::move(node));
    return {};
}

/// Does all that can fail.
Result<Directory::Entry*> Directory::prepare(std::string_view name) {
    if (removed()) {
        return Error{Errc::kNotFound, "removed directory"};
    }
    if (count_ >= bucket_count_) {
        grow();
    }
    void* const memory = environment().allocate(sizeof(Entry) + name.size());
    if (bucket_count_ == 0 || memory == nullptr) {
        environment().release(memory);
        return Error{Errc::kNoSpace, "directory entry"};
    }
    auto* const entry = ::new (memory) Entry{};
    entry->hash = hash_of(name);
    entry->length = static_cast<std::uint32_t>(name.size());
    memcpy(static_cast<char*>(memory) + offsetof(Entry, name), name.data(), name.size());
    return entry;
}

void Directory::commit(Entry* entry, Ref<Node> node) {
    entry->number = next_number_++;
    entry->node = node.detach();
    *place_of(entry->view(), entry->hash) = entry;
    entries_.push_back(*entry);
    ++count_;
    entry->node->add_links(1);
    if (entry->node->is_directory()) {
        static_cast<Directory*>(entry->node)->parent_ = this;
        add_links(1); // the child's ".."
    }
    touch();
}

Result<Ref<Node>> Directory::move(std::string_view name, Directory& to, std::string_view new_name) {
    Entry* const entry = TRY(to.prepare(new_name));
    Ref<Node> replaced;
    if (to.find(new_name) != nullptr) {
        replaced = to.remove(new_name);
    }
    to.commit(entry, remove(name));
    return replaced;
}

Ref<Node> Directory::remove(std::string_view name) {
    Entry** const place = place_of(name, hash_of(name));
    Entry* const entry = *place;
    ASSERT(entry != nullptr);
    *place = entry->next_in_bucket;
    entry->order.unlink();
    --count_;
    auto node = Ref<Node>::adopt(entry->node);
    environment().release(entry);
    node->add_links(-1);
    if (node->is_directory()) {
        static_cast<Directory*>(node.get())->parent_ = nullptr;
        add_links(-1);
    }
    touch();
    return node;
}

void Directory::make_root() {
    parent_ = this;
    add_links(1);
}

std::string_view Directory::name_of(const Node& child) {
    for (const Entry& entry : entries_) {
        if (entry.node == &child) {
            return entry.view();
        }
    }
    return {};
}

std::uint64_t Directory::list(std::uint64_t position, DirectorySink& sink) {
    if (removed()) {
        return position;
    }
    if (position == 0) {
        if (!sink.take({".", 1, inode(), kTypeDirectory, 1})) {
            return position;
        }
        position = 1;
    }
    if (position == 1) {
        if (!sink.take({"..", 2, parent_->inode(), kTypeDirectory, 2})) {
            return position;
        }
        position = 2;
    }
    for (const Entry& entry : entries_) {
        if (entry.number < position) {
            continue;
        }
        const Node& node = *entry.node;
        if (!sink.take({entry.name, entry.length, node.inode(), node.type(), entry.number + 1})) {
            break;
        }
        position = entry.number + 1;
    }
    return position;
}

void Directory::describe(Attributes& attributes) {
    attributes.size = attributes.allocated_bytes = kPageBytes;
}

/// The link that points to the entry of that name, or the null link at its bucket's end.
Directory::Entry** Directory::place_of(std::string_view name, std::uint32_t hash) {
    Entry** place = &buckets_[hash & (bucket_count_ - 1)];
    while (*place != nullptr && ((*place)->hash != hash || !same((*place)->view(), name))) {
        place = &(*place)->next_in_bucket;
    }
    return place;
}

/// Doubles the buckets. Without memory the old ones go on being used.
void Directory::grow() {
    const std::size_t wanted = bucket_count_ == 0 ? 8 : bucket_count_ * 2;
    auto** const buckets = static_cast<Entry**>(environment().allocate(wanted * sizeof(Entry*)));
    if (buckets == nullptr) {
        return;
    }
    memset(buckets, 0, wanted * sizeof(Entry*));
    environment().release(buckets_);
    buckets_ = buckets;
    bucket_count_ = wanted;
    for (Entry& entry : entries_) {
        Entry*& bucket = buckets_[entry.hash & (wanted - 1)];
        entry.next_in_bucket = bucket;
        bucket = &entry;
    }
}

Ref<Symlink> Symlink::make(std::string_view target) {
    auto* const text = static_cast<char*>(environment().allocate(target.size()));
    if (text == nullptr) {
        return {};
    }
    memcpy(text, target.data(), target.size());
    Ref<Symlink> link{new Symlink{text, target.size()}};
    if (!link) {
        environment().release(text);
    }
    return link;
}

Symlink::~Symlink() { environment().release(text_); }

} // namespace hermit::fs
