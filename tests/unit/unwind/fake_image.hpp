#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <ostream>
#include <string_view>
#include <vector>

#include <unwind/registers.hpp>
#include <unwind/section.hpp>
#include <unwind/status.hpp>

namespace hermit::unwind {

/// How GoogleTest shows a status.
inline void PrintTo(Status status, std::ostream* out) { *out << text(status); }

} // namespace hermit::unwind

namespace hermit::unwind::test {

using Bytes = std::vector<uint8_t>;

/// Appends `count` bytes of a number in little-endian order.
inline void append(Bytes& bytes, uint64_t value, unsigned count) {
    for (unsigned i = 0; i < count; ++i)
        bytes.push_back(static_cast<uint8_t>(value >> 8 * i));
}

inline void append(Bytes& bytes, const Bytes& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
}

/// Memory of which only the words put into it can be read.
struct FakeMemory {
    std::map<uint64_t, uint64_t> words;

    bool read(uint64_t address, uint64_t& value) const {
        const auto found = words.find(address);
        if (found == words.end())
            return false;
        value = found->second;
        return true;
    }
};

inline constexpr uint64_t kHeaderAddress = 0x10000;
inline constexpr uint64_t kFrameAddress = 0x20000;
inline constexpr uint64_t kFunction = 0x30000;
inline constexpr uint64_t kFunctionSize = 0x100;
inline constexpr uint64_t kStack = 0x7000'0000;

/// What makes up an image with a single function; a test changes the part that it is about.
struct FakeImage {
    // Common information entry.
    uint8_t version = 1;
    std::string_view augmentation = "zR";
    Bytes augmentation_data = {0x1b};                   // pc-relative, 4 signed bytes
    Bytes initial_instructions = {0x0c, 7, 8, 0x90, 1}; // CFA = rsp + 8, return address at CFA - 8
    uint8_t return_column = 16;
    // Frame description entry.
    uint64_t begin = kFunction;
    uint64_t size = kFunctionSize;
    Bytes instructions;

    Bytes eh_frame;
    Bytes eh_frame_hdr;

    /// Writes both sections; to be called before image().
    FakeImage& build() {
        Bytes cie;
        append(cie, 0, 4);
        cie.push_back(version);
        cie.insert(cie.end(), augmentation.begin(), augmentation.end());
        append(cie, {0x00, 0x01, 0x78, return_column}); // end of string, code 1, data -8
        if (!augmentation.empty()) {
            cie.push_back(static_cast<uint8_t>(augmentation_data.size()));
            append(cie, augmentation_data);
        }
        append(cie, initial_instructions);
        eh_frame.clear();
        append(eh_frame, cie.size(), 4);
        append(eh_frame, cie);

        const uint64_t fde_address = kFrameAddress + eh_frame.size();
        Bytes fde;
        append(fde, eh_frame.size() + 4, 4); // distance back to the common entry, which is first
        append(fde, begin - (fde_address + 8), 4);
        append(fde, size, 4);
        fde.push_back(0); // no augmentation data
        append(fde, instructions);
        append(eh_frame, fde.size(), 4);
        append(eh_frame, fde);
        append(eh_frame, 0, 4);

        eh_frame_hdr = {1, 0x1b, 0x03, 0x3b};
        append(eh_frame_hdr, kFrameAddress - (kHeaderAddress + 4), 4);
        append(eh_frame_hdr, 1, 4);
        append(eh_frame_hdr, begin - kHeaderAddress, 4);
        append(eh_frame_hdr, fde_address - kHeaderAddress, 4);
        return *this;
    }

    [[nodiscard]] Image image() const {
        return {{kHeaderAddress, eh_frame_hdr}, {kFrameAddress, eh_frame}};
    }
};

/// Registers of a function interrupted `offset` bytes after its start.
inline Registers interrupted_at(uint64_t offset) {
    Registers registers;
    for (size_t i = 0; i < kRegisterCount; ++i)
        registers.at(i) = 0x100 + i;
    registers[Register::rip] = kFunction + offset;
    registers[Register::rsp] = kStack;
    return registers;
}

} // namespace hermit::unwind::test
