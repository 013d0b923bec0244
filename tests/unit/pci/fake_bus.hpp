// Devices that exist only as registers.
#pragma once

#include <pci/configuration.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <map>

namespace hermit::pci::test {

/// A function: registers, and which of their bits can be written.
struct Function {
    std::array<std::uint32_t, 64> values{};
    std::array<std::uint32_t, 64> writable{};

    Function(std::uint16_t vendor, std::uint16_t device, std::uint32_t class_code) {
        values[0] = std::uint32_t{device} << 16 | vendor;
        values[2] = class_code << 8 | 0x42;
        writable[1] = 0xFFFF;
    }
    Function& header(std::uint8_t type) {
        values[3] = std::uint32_t{type} << 16;
        return *this;
    }
    Function& bridge_to(std::uint8_t bus) {
        header(1);
        values[6] = std::uint32_t{bus} << 8;
        return *this;
    }
    Function& bar(unsigned index, std::uint32_t value, std::uint32_t keeps) {
        values[4 + index] = value;
        writable[4 + index] = keeps;
        return *this;
    }
    /// Adds a capability of 16 bytes at `offset`, in front of the others.
    Function& capability(std::uint8_t offset, std::uint8_t id, std::uint16_t control = 0) {
        const std::uint32_t next = values[13] & 0xFF;
        values[offset / 4] = std::uint32_t{control} << 16 | next << 8 | id;
        values[13] = offset;
        values[1] |= std::uint32_t{1} << 20;
        return *this;
    }
};

class FakeBus final : public ConfigurationSpace {
  public:
    Function& add(Address address, Function function) {
        return functions_.insert_or_assign(key(address), function).first->second;
    }
    std::uint32_t read(Address address, unsigned offset) override {
        EXPECT_EQ(offset % 4, 0u);
        const auto found = functions_.find(key(address));
        return found != functions_.end() ? found->second.values.at(offset / 4) : ~0u;
    }
    void write(Address address, unsigned offset, std::uint32_t value) override {
        EXPECT_EQ(offset % 4, 0u);
        ++writes;
        const auto found = functions_.find(key(address));
        if (found == functions_.end()) {
            return;
        }
        if (offset == reg::kCommand) {
            EXPECT_EQ(value >> 16, 0u) << "would clear status bits";
        } else if (offset >= reg::kFirstBar && offset < reg::kFirstBar + 24 && value == ~0u) {
            EXPECT_EQ(found->second.values[1] & 3, 0u) << "the device answers while it is measured";
        }
        std::uint32_t& now = found->second.values.at(offset / 4);
        const std::uint32_t mask = found->second.writable[offset / 4];
        now = (now & ~mask) | (value & mask);
    }
    int writes = 0;

  private:
    static std::uint32_t key(Address a) {
        return std::uint32_t{a.segment} << 16 | std::uint32_t{a.bus} << 8 |
               std::uint32_t{a.device} << 3 | a.function;
    }
    std::map<std::uint32_t, Function> functions_;
};

} // namespace hermit::pci::test
