#include <fs/device.hpp>
#include <fs/process.hpp>

#include <cstring>
#include <new>

namespace hermit::fs {
namespace {

class NullDevice final : public Device {
  public:
    Result<std::size_t> read(void*, std::size_t) override { return std::size_t{0}; }
    Result<std::size_t> write(const void*, std::size_t count) override { return count; }
    bool seekable() const override { return true; }
};

class ZeroDevice final : public Device {
  public:
    explicit constexpr ZeroDevice(bool full) : full_{full} {}
    Result<std::size_t> read(void* to, std::size_t count) override {
        memset(to, 0, count);
        return count;
    }
    Result<std::size_t> write(const void*, std::size_t count) override {
        if (full_ && count > 0) {
            return Error{Errc::kNoSpace, "/dev/full"};
        }
        return count;
    }
    bool seekable() const override { return true; }

  private:
    const bool full_;
};

class RandomDevice final : public Device {
  public:
    Result<std::size_t> read(void* to, std::size_t count) override {
        environment().fill_random(to, count);
        return count;
    }
    /// What is written would be mixed in elsewhere; here it is only accepted.
    Result<std::size_t> write(const void*, std::size_t count) override { return count; }
    bool seekable() const override { return true; }
};

/// A console stream: reading gives the end of the file, writing goes to the sink. One write is one
/// operation on the sink, so that lines of different threads are not mixed.
class StreamDevice final : public Device {
  public:
    void connect(ConsoleSink& sink) { sink_ = &sink; }
    Result<std::size_t> read(void*, std::size_t) override { return std::size_t{0}; }
    Result<std::size_t> write(const void* from, std::size_t count) override {
        if (sink_ == nullptr) {
            return Error{Errc::kNotSupported, "console"};
        }
        const MutexGuard guard{mutex_};
        sink_->write(static_cast<const char*>(from), count);
        return count;
    }

  private:
    Mutex mutex_;
    ConsoleSink* sink_ = nullptr;
};

constinit NullDevice null_device;
constinit ZeroDevice zero_device{false};
constinit ZeroDevice full_device{true};
constinit RandomDevice random_device;
constinit StreamDevice output_stream;
constinit StreamDevice error_stream;

struct DeviceName {
    const char* path;
    Device& device;
    std::uint64_t number; // major × 256 + minor, as elsewhere
};
const DeviceName kDevices[] = {
    {"/dev/null", null_device, 0x103},      {"/dev/zero", zero_device, 0x105},
    {"/dev/full", full_device, 0x107},      {"/dev/random", random_device, 0x108},
    {"/dev/urandom", random_device, 0x109}, {"/dev/stdin", output_stream, 0x8800},
    {"/dev/stdout", output_stream, 0x8801}, {"/dev/stderr", error_stream, 0x8802},
    {"/dev/tty", output_stream, 0x500},     {"/dev/console", output_stream, 0x501},
};

// Never destroyed: threads may still write when the program ends.
alignas(Namespace) std::byte names_storage[sizeof(Namespace)];
alignas(DescriptorTable) std::byte descriptors_storage[sizeof(DescriptorTable)];

Result<void> open_standard(const char* path, bool write) {
    OpenOptions options;
    options.read = !write;
    options.write = write;
    const Ref<Descriptor> stream = TRY(names().open(nullptr, path, options, 0));
    TRY(descriptors().add(stream, false));
    return {};
}

} // namespace

Namespace& names() { return *std::launder(reinterpret_cast<Namespace*>(names_storage)); }
DescriptorTable& descriptors() {
    return *std::launder(reinterpret_cast<DescriptorTable*>(descriptors_storage));
}

Result<void> initialize(ConsoleSink& output, ConsoleSink& error) {
    output_stream.connect(output);
    error_stream.connect(error);
    ::new (names_storage) Namespace;
    ::new (descriptors_storage) DescriptorTable;
    TRY(names().initialize());
    TRY(names().make_directory(nullptr, "/dev", 0755));
    TRY(names().make_directory(nullptr, "/home", 0755));
    TRY(names().make_directory(nullptr, "/tmp", 0777));
    TRY(names().find(nullptr, "/tmp"))->set_permissions(01777);
    for (const DeviceName& entry : kDevices) {
        Ref<Node> node{new DeviceNode{entry.device, entry.number, 0666}};
        if (!node) {
            return Error{Errc::kOutOfMemory, entry.path};
        }
        TRY(names().add(nullptr, entry.path, node));
    }
    TRY(open_standard("/dev/stdin", false));
    TRY(open_standard("/dev/stdout", true));
    TRY(open_standard("/dev/stderr", true));
    return {};
}

} // namespace hermit::fs
