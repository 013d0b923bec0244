// What stat tells of a file. Mode bits have the values that POSIX systems share.
#pragma once

#include <cstdint>

namespace hermit::fs {

using Mode = std::uint32_t;

inline constexpr Mode kTypeMask = 0170000;
inline constexpr Mode kTypeDirectory = 0040000;
inline constexpr Mode kTypeCharacter = 0020000;
inline constexpr Mode kTypeRegular = 0100000;
inline constexpr Mode kTypeSymlink = 0120000;
inline constexpr Mode kTypePipe = 0010000;
inline constexpr Mode kPermissionMask = 07777;

struct Attributes {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    Mode mode = 0;
    std::uint32_t links = 0;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    std::uint64_t special_device = 0;
    std::uint64_t size = 0;
    std::uint64_t allocated_bytes = 0;
    /// Nanoseconds since 1970: last access, change of contents, change of attributes.
    std::int64_t accessed_ns = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;
};

} // namespace hermit::fs
