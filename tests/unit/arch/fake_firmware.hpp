// Pretended physical memory, and tables to put into it.
#pragma once

#include <arch/firmware/acpi.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace hermit::arch::firmware {

using Content = std::vector<std::uint8_t>;

/// One stretch of memory at a pretended physical address.
class FakeMemory final : public MemoryView {
  public:
    FakeMemory(std::uint64_t start, std::size_t size) : start_{start}, bytes_(size) {}

    const std::uint8_t* at(std::uint64_t address, std::size_t bytes) override {
        if (address < start_ || address - start_ > bytes_.size() ||
            bytes > bytes_.size() - (address - start_)) {
            return nullptr;
        }
        return bytes_.data() + (address - start_);
    }
    void put(std::uint64_t address, const Content& bytes) {
        std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<long>(address - start_));
    }

  private:
    std::uint64_t start_;
    Content bytes_;
};

template <class T>
void append(Content& to, T value) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(&value);
    to.insert(to.end(), first, first + sizeof(value));
}

/// Makes the first `length` bytes add up to 0 by the one at `at`.
inline void fix_checksum(Content& bytes, std::size_t at, std::size_t length) {
    bytes[at] = 0;
    std::uint8_t sum = 0;
    for (std::size_t i = 0; i < length; ++i) {
        sum = static_cast<std::uint8_t>(sum + bytes[i]);
    }
    bytes[at] = static_cast<std::uint8_t>(-sum);
}

inline Content make_table(const std::string& signature, const Content& body,
                          std::uint8_t revision = 1) {
    Content table(signature.begin(), signature.end());
    append(table, static_cast<std::uint32_t>(kHeaderBytes + body.size()));
    append(table, revision);
    table.resize(kHeaderBytes);
    table.insert(table.end(), body.begin(), body.end());
    fix_checksum(table, 9, table.size());
    return table;
}

inline Content make_rsdp(std::uint8_t revision, std::uint32_t rsdt, std::uint64_t xsdt) {
    Content rsdp{'R', 'S', 'D', ' ', 'P', 'T', 'R', ' ', 0, 'H', 'E', 'R', 'M', 'I', 'T', revision};
    append(rsdp, rsdt);
    append(rsdp, std::uint32_t{36});
    append(rsdp, xsdt);
    rsdp.resize(36);
    fix_checksum(rsdp, 8, 20);
    fix_checksum(rsdp, 32, 36);
    return rsdp;
}

inline Bytes view(const Content& bytes) {
    return {bytes.data(), static_cast<std::uint32_t>(bytes.size())};
}

} // namespace hermit::arch::firmware
