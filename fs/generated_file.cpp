#include <fs/generated_file.hpp>

#include <algorithm>
#include <cstring>

namespace hermit::fs {
namespace {

class GeneratedDescriptor final : public Descriptor {
  public:
    GeneratedDescriptor(Node& node, const OpenOptions& options)
        : Descriptor{options}, node_{&node} {}

    TextSink& text() { return text_; }
    Node* node() override { return node_.get(); }
    Result<Attributes> attributes() override { return node_->attributes(); }

    Result<std::uint64_t> seek(std::int64_t offset, Whence whence) override {
        const MutexGuard guard{mutex_};
        const std::uint64_t base = whence == Whence::kCurrent ? position_
                                   : whence == Whence::kEnd   ? text_.size()
                                                              : 0;
        std::int64_t target;
        if (__builtin_add_overflow(static_cast<std::int64_t>(base), offset, &target) ||
            target < 0) {
            return Error{Errc::kInvalidArgument, "seek"};
        }
        return position_ = static_cast<std::uint64_t>(target);
    }

  protected:
    Result<std::size_t> do_read(void* to, std::size_t count) override {
        const MutexGuard guard{mutex_};
        const std::size_t done = TRY(do_read_at(position_, to, count));
        position_ += done;
        return done;
    }
    Result<std::size_t> do_read_at(std::uint64_t offset, void* to, std::size_t count) override {
        const std::size_t rest = offset < text_.size() ? text_.size() - offset : 0;
        const std::size_t done = std::min(rest, count);
        memcpy(to, text_.c_str() + (rest == 0 ? 0 : offset), done);
        return done;
    }

  private:
    Ref<Node> node_;
    TextBuffer<kMaxGeneratedText + 1> text_;
    Mutex mutex_;
    std::uint64_t position_ = 0;
};

} // namespace

Result<Ref<Descriptor>> GeneratedFile::open(const OpenOptions& options) {
    if (options.write) {
        return Error{Errc::kAccess, "generated file"};
    }
    Ref<GeneratedDescriptor> descriptor{new GeneratedDescriptor{*this, options}};
    if (!descriptor) {
        return Error{Errc::kOutOfMemory, "descriptor"};
    }
    writer_(descriptor->text(), subject_);
    return Ref<Descriptor>{std::move(descriptor)};
}

} // namespace hermit::fs
