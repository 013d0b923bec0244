// An open file, device or (later) socket: what a descriptor number stands for. Several numbers may
// share one, and with it the position and the status flags.
#pragma once

#include <base/result.hpp>
#include <fs/attributes.hpp>
#include <fs/ref.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace hermit::fs {

class Node;

struct OpenOptions {
    bool read = false;
    bool write = false;
    bool append = false;
    bool nonblocking = false;
    bool create = false;
    bool exclusive = false;
    bool truncate = false;
    bool directory = false;
    bool no_follow = false;
    bool synchronous = false; // kept for fcntl; memory is always up to date
};

enum class Whence : std::uint8_t { kStart, kCurrent, kEnd };

/// What a descriptor is ready for, as a set of bits.
enum Readiness : unsigned { kReadable = 1, kWritable = 2, kFailed = 4, kHungUp = 8 };

/// One name in a directory, as `list` reports it.
struct DirectoryItem {
    const char* name;
    std::size_t length;
    std::uint64_t inode;
    Mode type;
    /// Where to go on behind this item.
    std::uint64_t next;
};

/// Receives directory items; returns false when it has room for no more, this one included.
class DirectorySink {
  public:
    virtual bool take(const DirectoryItem& item) = 0;

  protected:
    ~DirectorySink() = default;
};

/// All functions may block, so thread context only, with no spinlock held.
class Descriptor : public RefCounted {
  public:
    explicit Descriptor(const OpenOptions& options)
        : readable_{options.read}, writable_{options.write}, synchronous_{options.synchronous},
          append_{options.append}, nonblocking_{options.nonblocking} {}

    bool readable() const { return readable_; }
    bool writable() const { return writable_; }
    bool synchronous() const { return synchronous_; }
    bool append() const { return append_.load(std::memory_order_relaxed); }
    bool nonblocking() const { return nonblocking_.load(std::memory_order_relaxed); }
    void set_status(bool append, bool nonblocking) {
        append_.store(append, std::memory_order_relaxed);
        nonblocking_.store(nonblocking, std::memory_order_relaxed);
    }

    /// Reads at most `count` bytes; 0 is the end. Errors: kBadDescriptor if not open for reading,
    /// kIsDirectory, kWouldBlock.
    Result<std::size_t> read(void* to, std::size_t count);
    /// Writes; less than `count` only if memory ran out on the way. Errors: kBadDescriptor,
    /// kNoSpace, kFileTooLarge, kWouldBlock.
    Result<std::size_t> write(const void* from, std::size_t count);
    /// As `read` and `write`, at a position that is not the descriptor's. Error: kNotSeekable.
    Result<std::size_t> read_at(std::uint64_t offset, void* to, std::size_t count);
    Result<std::size_t> write_at(std::uint64_t offset, const void* from, std::size_t count);
    /// Sets the size of a file open for writing. Errors: kInvalidArgument, kFileTooLarge.
    Result<void> resize(std::uint64_t size);

    /// Moves the position and returns the new one. Errors: kNotSeekable, kInvalidArgument.
    virtual Result<std::uint64_t> seek(std::int64_t offset, Whence whence);
    virtual Result<Attributes> attributes();
    /// The file behind it; null if it has none.
    virtual Node* node() { return nullptr; }
    virtual unsigned readiness() { return kReadable | kWritable; }
    virtual bool is_terminal() { return false; }
    /// Passes the directory's items from the position on to `sink` and moves on behind those it
    /// took. Error: kNotDirectory.
    virtual Result<void> list(DirectorySink& sink);

  protected:
    virtual Result<std::size_t> do_read(void* to, std::size_t count);
    virtual Result<std::size_t> do_write(const void* from, std::size_t count);
    virtual Result<std::size_t> do_read_at(std::uint64_t offset, void* to, std::size_t count);
    virtual Result<std::size_t> do_write_at(std::uint64_t offset, const void* from,
                                            std::size_t count);
    virtual Result<void> do_resize(std::uint64_t size);

  private:
    const bool readable_;
    const bool writable_;
    const bool synchronous_;
    std::atomic<bool> append_;
    std::atomic<bool> nonblocking_;
};

} // namespace hermit::fs
