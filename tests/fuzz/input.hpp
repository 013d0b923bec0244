// What the harnesses share: decisions taken from the fuzzer's bytes, and checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace hermit::fuzz {

/// Takes decisions from the fuzzer's bytes; when they are used up, every decision is 0.
class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size) : data_{data}, size_{size} {}

    bool empty() const { return size_ == 0; }

    unsigned byte() {
        if (size_ == 0) {
            return 0;
        }
        --size_;
        return *data_++;
    }

    /// A number of `bytes` bytes, at most 8.
    std::uint64_t number(unsigned bytes) {
        std::uint64_t value = 0;
        for (; bytes > 0; --bytes) {
            value = value << 8 | byte();
        }
        return value;
    }

    /// A number below `limit`, which is at most 65536.
    unsigned below(unsigned limit) {
        return static_cast<unsigned>(number(limit > 256 ? 2 : 1)) % limit;
    }

  private:
    const std::uint8_t* data_;
    std::size_t size_;
};

/// Ends the run as a finding of the fuzzer.
inline void check(bool good, const char* what) {
    if (!good) {
        std::fprintf(stderr, "wrong: %s\n", what);
        std::abort();
    }
}

} // namespace hermit::fuzz
