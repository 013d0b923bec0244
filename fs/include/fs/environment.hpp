// What the file system needs from the rest of the system, as functions: kernel_environment.cpp
// gives it the kernel's, the unit tests theirs.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hermit::fs {

/// The unit in which file contents take memory.
inline constexpr std::size_t kPageBytes = 4096;

struct MemoryFigures {
    std::uint64_t total_bytes;
    std::uint64_t free_bytes;
};

struct Environment {
    /// Memory for small objects, aligned to 16 bytes; null when it is out.
    void* (*allocate)(std::size_t bytes);
    void (*release)(void* block);
    /// One page of file contents, not zeroed; null when memory is out.
    void* (*allocate_page)();
    void (*release_page)(void* page);
    /// Blocks while `*word == expected` until woken; may return early.
    void (*wait)(const std::uint32_t* word, std::uint32_t expected);
    void (*wake)(const std::uint32_t* word, unsigned count);
    /// Nanoseconds since 1970.
    std::uint64_t (*realtime_ns)();
    void (*fill_random)(void* bytes, std::size_t count);
    MemoryFigures (*memory)();
};

/// Set once, before any other function of the file system is called.
void set_environment(const Environment& environment);
const Environment& environment();

} // namespace hermit::fs
