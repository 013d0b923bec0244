#include <fs/device.hpp>

namespace hermit::fs {
namespace {

class DeviceDescriptor final : public Descriptor {
  public:
    DeviceDescriptor(Node& node, Device& device, const OpenOptions& options)
        : Descriptor{options}, node_{&node}, device_{device} {}

    Node* node() override { return node_.get(); }
    Result<Attributes> attributes() override { return node_->attributes(); }
    Result<std::uint64_t> seek(std::int64_t, Whence) override {
        if (!device_.seekable()) {
            return Error{Errc::kNotSeekable, "device"};
        }
        return std::uint64_t{0};
    }

  protected:
    Result<std::size_t> do_read(void* to, std::size_t count) override {
        return device_.read(to, count);
    }
    Result<std::size_t> do_write(const void* from, std::size_t count) override {
        return device_.write(from, count);
    }
    Result<std::size_t> do_read_at(std::uint64_t, void* to, std::size_t count) override {
        TRY(seek(0, Whence::kStart));
        return device_.read(to, count);
    }
    Result<std::size_t> do_write_at(std::uint64_t, const void* from, std::size_t count) override {
        TRY(seek(0, Whence::kStart));
        return device_.write(from, count);
    }

  private:
    Ref<Node> node_;
    Device& device_;
};

} // namespace

Result<Ref<Descriptor>> DeviceNode::open(const OpenOptions& options) {
    Ref<Descriptor> descriptor{new DeviceDescriptor{*this, device_, options}};
    if (!descriptor) {
        return Error{Errc::kOutOfMemory, "descriptor"};
    }
    return descriptor;
}

} // namespace hermit::fs
