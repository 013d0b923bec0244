// Character devices: what stands behind /dev/null and the console streams.
#pragma once

#include <fs/node.hpp>

namespace hermit::fs {

/// A device's behaviour. One object per device, alive for good.
class Device {
  public:
    virtual Result<std::size_t> read(void* to, std::size_t count) = 0;
    virtual Result<std::size_t> write(const void* from, std::size_t count) = 0;
    virtual bool seekable() const { return false; }

  protected:
    ~Device() = default;
};

/// A name for a device in the tree.
class DeviceNode final : public Node {
  public:
    DeviceNode(Device& device, std::uint64_t number, Mode permissions)
        : Node{kTypeCharacter | permissions}, device_{device}, number_{number} {}

    Result<Ref<Descriptor>> open(const OpenOptions& options) override;
    /// Devices have no size; O_TRUNC leaves them alone.
    Result<void> resize(std::uint64_t) override { return Error{Errc::kInvalidArgument, "device"}; }

  private:
    void describe(Attributes& attributes) override { attributes.special_device = number_; }

    Device& device_;
    const std::uint64_t number_;
};

} // namespace hermit::fs
