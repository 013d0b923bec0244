// A piece of physical memory for the parsers' tests. Exactly as long as what was put into it, so
// that the address sanitizer sees every read beyond it.
#pragma once

#include <physical_view.hpp>

#include <cstring>
#include <string_view>
#include <vector>

namespace hermit::boot {

class FakeMemory {
  public:
    explicit FakeMemory(std::uint64_t start = 0x10000) : start_{start} {}

    /// Appends a value and returns its address.
    template <class T>
    std::uint64_t put(const T& value) {
        return put_bytes(&value, sizeof(value));
    }
    std::uint64_t put_text(std::string_view text) { return put_bytes(text.data(), text.size()); }
    void align(unsigned alignment) {
        while (end() % alignment != 0) {
            put<std::uint8_t>(0xEE);
        }
    }
    /// Overwrites what lies at `address`.
    template <class T>
    void set(std::uint64_t address, const T& value) {
        std::memcpy(&bytes_.at(address - start_), &value, sizeof(value));
    }
    std::uint64_t end() const { return start_ + bytes_.size(); }
    /// Cuts off what lies at and beyond `address`.
    void cut(std::uint64_t address) { bytes_.resize(address - start_); }
    /// Valid until the memory is changed.
    PhysicalView view() {
        bytes_.shrink_to_fit();
        return {bytes_.data(), start_, bytes_.size()};
    }

  private:
    std::uint64_t put_bytes(const void* from, std::size_t bytes) {
        const std::uint64_t address = end();
        const auto* first = static_cast<const std::uint8_t*>(from);
        bytes_.insert(bytes_.end(), first, first + bytes);
        return address;
    }

    std::uint64_t start_;
    std::vector<std::uint8_t> bytes_;
};

} // namespace hermit::boot
