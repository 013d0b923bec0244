#include <fs/node.hpp>

namespace hermit::fs {
namespace {

/// Every file of this system is on one device.
constexpr std::uint64_t kDevice = 1;

std::uint64_t next_inode() {
    static constinit std::atomic<std::uint64_t> next{1};
    return next.fetch_add(1, std::memory_order_relaxed);
}

} // namespace

Node::Node(Mode mode) : type_{mode & kTypeMask}, inode_{next_inode()} {
    data_.device = kDevice;
    data_.inode = inode_;
    data_.mode = mode;
    data_.accessed_ns = data_.modified_ns = data_.changed_ns = now();
}

Result<Ref<Descriptor>> Node::open(const OpenOptions&) {
    return Error{Errc::kNotSupported, "open"};
}

Result<void> Node::resize(std::uint64_t) { return Error{Errc::kInvalidArgument, "resize"}; }

Result<void> Node::reserve(std::uint64_t, std::uint64_t) {
    return Error{Errc::kInvalidArgument, "reserve"};
}

Attributes Node::attributes() {
    const MutexGuard guard{mutex_};
    Attributes result = data_;
    describe(result);
    return result;
}

void Node::set_permissions(Mode permissions) {
    const MutexGuard guard{mutex_};
    data_.mode = type_ | (permissions & kPermissionMask);
    data_.changed_ns = now();
}

void Node::set_owner(std::uint32_t user, std::uint32_t group) {
    const MutexGuard guard{mutex_};
    constexpr std::uint32_t kKeep = ~std::uint32_t{0};
    data_.user = user == kKeep ? data_.user : user;
    data_.group = group == kKeep ? data_.group : group;
    data_.changed_ns = now();
}

void Node::set_times(std::int64_t accessed_ns, std::int64_t modified_ns) {
    const MutexGuard guard{mutex_};
    if (accessed_ns != kTimeOmitted) {
        data_.accessed_ns = accessed_ns;
    }
    if (modified_ns != kTimeOmitted) {
        data_.modified_ns = modified_ns;
    }
    data_.changed_ns = now();
}

void Node::add_links(int change) {
    const MutexGuard guard{mutex_};
    data_.links += static_cast<std::uint32_t>(change);
    data_.changed_ns = now();
}

void Node::touch() {
    const MutexGuard guard{mutex_};
    note_change();
}

std::int64_t Node::now() { return static_cast<std::int64_t>(environment().realtime_ns()); }

} // namespace hermit::fs
