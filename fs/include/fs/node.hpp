// A file of any kind, apart from its names: what hard links and open descriptors share.
#pragma once

#include <base/result.hpp>
#include <fs/attributes.hpp>
#include <fs/descriptor.hpp>
#include <fs/mutex.hpp>
#include <fs/ref.hpp>

namespace hermit::fs {

/// Leaves a time as it is, in `Node::set_times`.
inline constexpr std::int64_t kTimeOmitted = INT64_MIN;

/// Thread safe. Names and link counts change only under the namespace's mutex.
class Node : public RefCounted {
  public:
    explicit Node(Mode mode);

    Mode type() const { return type_; }
    bool is_directory() const { return type_ == kTypeDirectory; }
    bool is_symlink() const { return type_ == kTypeSymlink; }
    bool is_regular() const { return type_ == kTypeRegular; }
    std::uint64_t inode() const { return inode_; }

    /// A descriptor of this file; it holds a reference to the node. Truncation is the caller's.
    virtual Result<Ref<Descriptor>> open(const OpenOptions& options);
    /// Sets the size. Errors: kInvalidArgument if it is no regular file, kFileTooLarge.
    virtual Result<void> resize(std::uint64_t size);

    /// Makes sure that writing the range cannot run out of memory; the file grows to its end.
    /// Errors: kInvalidArgument if it is no regular file, kFileTooLarge, kNoSpace.
    virtual Result<void> reserve(std::uint64_t offset, std::uint64_t count);

    Attributes attributes();
    void set_permissions(Mode permissions);
    /// ~0 leaves the user or group as it is.
    void set_owner(std::uint32_t user, std::uint32_t group);
    void set_times(std::int64_t accessed_ns, std::int64_t modified_ns);
    void add_links(int change);
    /// Marks contents (a directory's names) as changed now.
    void touch();

  protected:
    /// Fills in size and special device. Called with the mutex held.
    virtual void describe(Attributes&) {}
    /// Current time; for members that hold the mutex.
    void note_access() { data_.accessed_ns = now(); }
    void note_change() { data_.modified_ns = data_.changed_ns = now(); }
    static std::int64_t now();

    Mutex mutex_;

  private:
    const Mode type_;
    const std::uint64_t inode_;
    Attributes data_;
};

} // namespace hermit::fs
