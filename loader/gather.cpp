#include "gather.hpp"

namespace hermit::boot {

void gather_command_line(const PhysicalView& memory, std::uint64_t address, BootInfo& info) {
    std::uint32_t length = 0;
    char next = 0;
    info.command_line_truncated = 0;
    for (;;) {
        if (!memory.read(address + length, next)) {
            info.command_line_truncated = 1;
            break;
        }
        if (next == '\0') {
            break;
        }
        if (length == kMaxCommandLine - 1) {
            info.command_line_truncated = 1;
            break;
        }
        info.command_line[length++] = next;
    }
    info.command_line[length] = '\0';
}

bool gather_memory(std::uint64_t start, std::uint64_t bytes, std::uint32_t type, BootInfo& info) {
    // No processor has physical addresses beyond. [intel/vol3] §4.1.4.
    constexpr std::uint64_t kPhysicalEnd = std::uint64_t{1} << 52;
    constexpr std::uint32_t kTypeUsable = 1;
    constexpr std::uint32_t kTypeAcpiReclaimable = 3;

    if (bytes == 0 || start >= kPhysicalEnd) {
        return true;
    }
    if (bytes > kPhysicalEnd - start) {
        bytes = kPhysicalEnd - start;
    }
    MemoryKind kind = MemoryKind::kReserved;
    if (type == kTypeUsable) {
        kind = MemoryKind::kUsable;
    } else if (type == kTypeAcpiReclaimable) {
        kind = MemoryKind::kAcpiReclaimable;
    }
    if (info.memory_range_count != 0) {
        MemoryRange& last = info.memory[info.memory_range_count - 1];
        if (last.kind == kind && last.start + last.bytes == start) {
            last.bytes += bytes;
            return true;
        }
    }
    if (info.memory_range_count == kMaxMemoryRanges) {
        return false;
    }
    info.memory[info.memory_range_count++] = {start, bytes, kind, 0};
    return true;
}

namespace {

/// Whether `text` starts with `word`, followed by a blank or the end.
bool is_word(const char* text, const char* word) {
    while (*word != '\0') {
        if (*text++ != *word++) {
            return false;
        }
    }
    return *text == ' ' || *text == '\0';
}

} // namespace

bool wants_log(const char* command_line) {
    bool quoted = false;
    bool starts_word = true;
    for (const char* at = command_line; *at != '\0'; ++at) {
        if (starts_word && !quoted) {
            if (is_word(at, "--")) {
                return false;
            }
            if (is_word(at, "log=info") || is_word(at, "log=debug")) {
                return true;
            }
        }
        if (quoted && *at == '\\' && at[1] != '\0') {
            ++at;
        } else if (*at == '"') {
            quoted = !quoted;
        }
        starts_word = *at == ' ';
    }
    return false;
}

} // namespace hermit::boot
