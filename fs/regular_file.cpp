#include <fs/regular_file.hpp>

#include <algorithm>

namespace hermit::fs {
namespace {

class FileDescriptor final : public Descriptor {
  public:
    FileDescriptor(RegularFile& file, const OpenOptions& options)
        : Descriptor{options}, file_{&file} {}

    Node* node() override { return file_.get(); }
    Result<Attributes> attributes() override { return file_->attributes(); }

    Result<std::uint64_t> seek(std::int64_t offset, Whence whence) override {
        const MutexGuard guard{mutex_};
        std::uint64_t base = 0;
        if (whence == Whence::kCurrent) {
            base = position_;
        } else if (whence == Whence::kEnd) {
            base = file_->attributes().size;
        }
        std::int64_t target;
        if (__builtin_add_overflow(static_cast<std::int64_t>(base), offset, &target)) {
            return Error{Errc::kOverflow, "seek"};
        }
        if (target < 0) {
            return Error{Errc::kInvalidArgument, "seek"};
        }
        return position_ = static_cast<std::uint64_t>(target);
    }

  protected:
    Result<std::size_t> do_read(void* to, std::size_t count) override {
        const MutexGuard guard{mutex_};
        const std::size_t done = file_->read(position_, to, count);
        position_ += done;
        return done;
    }
    Result<std::size_t> do_write(const void* from, std::size_t count) override {
        const MutexGuard guard{mutex_};
        return file_->write(position_, append(), from, count);
    }
    Result<std::size_t> do_read_at(std::uint64_t offset, void* to, std::size_t count) override {
        return file_->read(offset, to, count);
    }
    Result<std::size_t> do_write_at(std::uint64_t offset, const void* from,
                                    std::size_t count) override {
        return file_->write(offset, false, from, count);
    }
    Result<void> do_resize(std::uint64_t size) override { return file_->resize(size); }

  private:
    Ref<RegularFile> file_;
    Mutex mutex_; // of the position; taken before the file's
    std::uint64_t position_ = 0;
};

} // namespace

Result<Ref<Descriptor>> RegularFile::open(const OpenOptions& options) {
    Ref<Descriptor> descriptor{new FileDescriptor{*this, options}};
    if (!descriptor) {
        return Error{Errc::kOutOfMemory, "descriptor"};
    }
    return descriptor;
}

Result<void> RegularFile::resize(std::uint64_t size) {
    if (size > PageTree::kMaxBytes) {
        return Error{Errc::kFileTooLarge, "file size"};
    }
    const MutexGuard guard{mutex_};
    if (size < size_) {
        pages_.cut(size);
    }
    size_ = size;
    note_change();
    return {};
}

Result<void> RegularFile::reserve(std::uint64_t offset, std::uint64_t count) {
    if (offset > PageTree::kMaxBytes || count > PageTree::kMaxBytes - offset) {
        return Error{Errc::kFileTooLarge, "file size"};
    }
    const MutexGuard guard{mutex_};
    if (!pages_.reserve(offset, count)) {
        return Error{Errc::kNoSpace, "file contents"};
    }
    size_ = std::max(size_, offset + count);
    note_change();
    return {};
}

std::size_t RegularFile::read(std::uint64_t offset, void* to, std::size_t count) {
    const MutexGuard guard{mutex_};
    if (offset >= size_ || count == 0) {
        return 0;
    }
    const std::size_t piece = std::min<std::uint64_t>(count, size_ - offset);
    pages_.read(offset, to, piece);
    note_access();
    return piece;
}

Result<std::size_t> RegularFile::write(std::uint64_t& offset, bool append, const void* from,
                                       std::size_t count) {
    const MutexGuard guard{mutex_};
    if (count == 0) {
        return std::size_t{0};
    }
    if (append) {
        offset = size_;
    }
    if (offset >= PageTree::kMaxBytes) {
        return Error{Errc::kFileTooLarge, "file size"};
    }
    count = std::min<std::uint64_t>(count, PageTree::kMaxBytes - offset);
    const std::size_t done = pages_.write(offset, from, count);
    if (done == 0) {
        return Error{Errc::kNoSpace, "file contents"};
    }
    offset += done;
    size_ = std::max(size_, offset);
    note_change();
    return done;
}

void RegularFile::describe(Attributes& attributes) {
    attributes.size = size_;
    attributes.allocated_bytes = pages_.allocated_bytes();
}

} // namespace hermit::fs
