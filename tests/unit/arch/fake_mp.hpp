// MultiProcessor tables for tests, entry by entry.
#pragma once

#include "fake_firmware.hpp"

namespace hermit::arch::firmware {

inline Content make_mp_pointer(std::uint32_t table, std::uint8_t configuration,
                               std::uint8_t features = 0) {
    Content pointer{'_', 'M', 'P', '_'};
    append(pointer, table);
    pointer.insert(pointer.end(), {1, 4, 0, configuration, features, 0, 0, 0});
    fix_checksum(pointer, 10, 16);
    return pointer;
}

inline Content make_mp_table(const std::vector<Content>& entries) {
    Content table{'P', 'C', 'M', 'P', 0, 0, 4, 0};
    table.resize(36); // the number of entries stays 0, as some BIOSes leave it
    append(table, std::uint32_t{0xFEE00000});
    append(table, std::uint32_t{0});
    for (const Content& entry : entries) {
        table.insert(table.end(), entry.begin(), entry.end());
    }
    table[4] = static_cast<std::uint8_t>(table.size());
    table[5] = static_cast<std::uint8_t>(table.size() >> 8);
    fix_checksum(table, 7, table.size());
    return table;
}

inline Content mp_processor(std::uint8_t id, std::uint8_t flags) {
    Content entry{0, id, 0x14, flags};
    entry.resize(20);
    return entry;
}

} // namespace hermit::arch::firmware
