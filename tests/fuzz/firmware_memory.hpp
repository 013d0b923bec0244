// Physical memory made of the fuzzer's bytes.
#pragma once

#include <arch/firmware/bytes.hpp>

#include <cstdint>
#include <cstring>
#include <vector>

/// The bytes lie in the BIOS area, and once more from 0 on.
class FuzzMemory final : public hermit::arch::firmware::MemoryView {
  public:
    FuzzMemory(std::uint64_t start, const std::uint8_t* data, std::size_t size)
        : start_{start}, bytes_(data, data + size) {}

    const std::uint8_t* at(std::uint64_t address, std::size_t bytes) override {
        const std::uint64_t start = address < start_ ? 0 : start_;
        if (address - start > bytes_.size() || bytes > bytes_.size() - (address - start)) {
            return nullptr;
        }
        return bytes_.data() + (address - start);
    }
    /// Makes the sum right of what starts with `signature`, as far as its length is possible:
    /// else the checksum would stop all that the fuzzer changes.
    void repair(const char* signature, std::size_t checksum_at, std::size_t length) {
        const std::size_t letters = std::strlen(signature);
        for (std::size_t at = 0; at + length <= bytes_.size() && length > checksum_at; ++at) {
            if (std::memcmp(bytes_.data() + at, signature, letters) == 0) {
                repair_at(at, checksum_at, length);
            }
        }
    }
    /// As above for ACPI tables, which tell their length.
    void repair_table(const char* signature) {
        for (std::size_t at = 0; at + 36 <= bytes_.size(); ++at) {
            std::uint32_t length = 0;
            std::memcpy(&length, bytes_.data() + at + 4, 4);
            if (std::memcmp(bytes_.data() + at, signature, 4) == 0 && length >= 36 &&
                length <= bytes_.size() - at) {
                repair_at(at, 9, length);
            }
        }
    }
    std::uint8_t* data() { return bytes_.data(); }
    std::size_t size() const { return bytes_.size(); }
    void repair_at(std::size_t at, std::size_t checksum_at, std::size_t length) {
        std::uint8_t sum = 0;
        for (std::size_t i = 0; i < length; ++i) {
            sum = static_cast<std::uint8_t>(sum + bytes_[at + i]);
        }
        bytes_[at + checksum_at] = static_cast<std::uint8_t>(bytes_[at + checksum_at] - sum);
    }

  private:
    std::uint64_t start_;
    std::vector<std::uint8_t> bytes_;
};

inline void check(bool good) {
    if (!good) {
        __builtin_trap();
    }
}
