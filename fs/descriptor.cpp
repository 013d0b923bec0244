#include <fs/descriptor.hpp>

namespace hermit::fs {

Result<std::size_t> Descriptor::read(void* to, std::size_t count) {
    if (!readable_) {
        return Error{Errc::kBadDescriptor, "not open for reading"};
    }
    return do_read(to, count);
}

Result<std::size_t> Descriptor::write(const void* from, std::size_t count) {
    if (!writable_) {
        return Error{Errc::kBadDescriptor, "not open for writing"};
    }
    return do_write(from, count);
}

Result<std::size_t> Descriptor::read_at(std::uint64_t offset, void* to, std::size_t count) {
    if (!readable_) {
        return Error{Errc::kBadDescriptor, "not open for reading"};
    }
    return do_read_at(offset, to, count);
}

Result<std::size_t> Descriptor::write_at(std::uint64_t offset, const void* from,
                                         std::size_t count) {
    if (!writable_) {
        return Error{Errc::kBadDescriptor, "not open for writing"};
    }
    return do_write_at(offset, from, count);
}

Result<void> Descriptor::resize(std::uint64_t size) {
    if (!writable_) {
        return Error{Errc::kInvalidArgument, "not open for writing"};
    }
    return do_resize(size);
}

// What a kind of descriptor cannot do.

Result<std::uint64_t> Descriptor::seek(std::int64_t, Whence) {
    return Error{Errc::kNotSeekable, "seek"};
}
Result<Attributes> Descriptor::attributes() { return Error{Errc::kNotSupported, "attributes"}; }
Result<void> Descriptor::list(DirectorySink&) { return Error{Errc::kNotDirectory, "list"}; }
Result<std::size_t> Descriptor::do_read(void*, std::size_t) {
    return Error{Errc::kInvalidArgument, "read"};
}
Result<std::size_t> Descriptor::do_write(const void*, std::size_t) {
    return Error{Errc::kInvalidArgument, "write"};
}
Result<std::size_t> Descriptor::do_read_at(std::uint64_t, void*, std::size_t) {
    return Error{Errc::kNotSeekable, "read"};
}
Result<std::size_t> Descriptor::do_write_at(std::uint64_t, const void*, std::size_t) {
    return Error{Errc::kNotSeekable, "write"};
}
Result<void> Descriptor::do_resize(std::uint64_t) {
    return Error{Errc::kInvalidArgument, "resize"};
}

} // namespace hermit::fs
