#include <unwind/unwinder.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

#include "../unit/unwind/fake_image.hpp"

// The first byte chooses what the rest is: both sections whole, or the call frame instructions of
// an image that is otherwise sound (which random bytes rarely are, so that the interpreters would
// see little).

namespace {

using namespace hermit::unwind;

/// Gives words that point into the described code, so that walks go on, and sometimes nothing.
struct Memory {
    bool read(uint64_t address, uint64_t& value) {
        if (address % 64 == 56) {
            return false;
        }
        value = test::kFunction + address % 256;
        return true;
    }
};

void walk(const Image& image) {
    constexpr size_t kFrames = 8;
    Memory memory;
    const Status status = backtrace(
        image, memory, test::interrupted_at(0x40), [](const Frame&) {}, kFrames);
    if (status == Status::kOk) {
        __builtin_trap();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::span<const uint8_t> bytes(data + 1, size - 1);
    const size_t header_size = 4 * size_t{data[0]};
    if (data[0] == 0) {
        test::FakeImage fake;
        fake.instructions.assign(bytes.begin(), bytes.end());
        walk(fake.build().image());
    } else if (header_size <= bytes.size()) {
        walk({{test::kHeaderAddress, bytes.first(header_size)},
              {test::kFrameAddress, bytes.subspan(header_size)}});
    }
    return 0;
}
