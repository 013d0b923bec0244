#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <unwind/memory.hpp>
#include <unwind/registers.hpp>
#include <unwind/section.hpp>
#include <unwind/status.hpp>

namespace hermit::unwind {

/// One level of a backtrace.
struct Frame {
    uint64_t pc = 0;
    uint64_t stack_pointer = 0;
    bool is_return_address = false; ///< pc lies behind a call, not on the instruction in question

    /// An address inside the instruction in question, for symbol and line tables.
    [[nodiscard]] uint64_t instruction() const { return is_return_address ? pc - 1 : pc; }
};

/// Walks a stack from callee to caller by the image's call frame information.
///
/// For panic and crash handlers: allocates nothing, takes no lock, needs about 4 KiB of stack,
/// touches foreign memory only through the given reader, and every loop is bounded. May run with
/// interrupts off and on any stack.
class Unwinder {
  public:
    /// `registers` belong to an instruction that was interrupted or captured, not to a return
    /// address.
    Unwinder(const Image& image, MemoryRef memory, const Registers& registers)
        : image_(image), memory_(memory), registers_(registers) {}

    [[nodiscard]] Frame frame() const {
        return {registers_[Register::rip], registers_[Register::rsp], is_return_address_};
    }

    [[nodiscard]] const Registers& registers() const { return registers_; }

    /// Goes on to the caller. On any status but kOk the frame stays what it was.
    [[nodiscard]] Status step();

  private:
    Status step_from_bad_call();

    Image image_;
    MemoryRef memory_;
    Registers registers_;
    bool is_return_address_ = false;
};

inline constexpr size_t kMaxFrames = 64;

/// Calls `visit(frame)` for the interrupted frame and each of its callers, at most `max_frames`.
///
/// Returns why it stopped, never Status::kOk. See Unwinder for who may call it.
template <MemoryReader Memory, std::invocable<const Frame&> Visit>
Status backtrace(const Image& image, Memory& memory, const Registers& registers, Visit&& visit,
                 size_t max_frames = kMaxFrames) {
    Unwinder unwinder(image, MemoryRef(memory), registers);
    for (size_t i = 0; i < max_frames; ++i) {
        visit(unwinder.frame());
        if (const Status status = unwinder.step(); status != Status::kOk)
            return status;
    }
    return Status::kTooDeep;
}

} // namespace hermit::unwind
