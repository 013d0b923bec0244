// The format of x86-64 page tables. Layout only: compiles on any host. [intel/vol3] §4.5.
#pragma once

#include <base/address.hpp>
#include <base/assert.hpp>

#include <concepts>
#include <cstdint>

namespace hermit::arch {

/// Page sizes as tags. `kLevel` is the level of the table whose entries map such pages.
struct Size4K {
    static constexpr std::uint64_t kBytes = 4 * kKiB;
    static constexpr unsigned kLevel = 1;
};
struct Size2M {
    static constexpr std::uint64_t kBytes = 2 * kMiB;
    static constexpr unsigned kLevel = 2;
};
struct Size1G {
    static constexpr std::uint64_t kBytes = kGiB;
    static constexpr unsigned kLevel = 3;
};

template <class S>
concept PageSize = std::same_as<S, Size4K> || std::same_as<S, Size2M> || std::same_as<S, Size1G>;

namespace detail {

/// An address that is a multiple of the page size by construction.
template <class Address, PageSize S>
class Aligned {
  public:
    explicit constexpr Aligned(Address address) : address_{address} {
        ASSERT(address.is_aligned(S::kBytes));
    }
    /// The one that `address` lies in.
    static constexpr Aligned containing(Address address) {
        return Aligned{address.align_down(S::kBytes)};
    }
    constexpr Address address() const { return address_; }
    constexpr Address end() const { return address_ + S::kBytes; }
    friend constexpr bool operator==(Aligned, Aligned) = default;

  private:
    Address address_;
};

} // namespace detail

/// A page-sized piece of physical memory.
template <PageSize S>
using Frame = detail::Aligned<PhysAddr, S>;
/// A page-sized piece of the virtual address space.
template <PageSize S>
using Page = detail::Aligned<VirtAddr, S>;

/// What may be done with a page. Everything runs in ring 0, where only the present bit can forbid
/// reading.
struct PageAttributes {
    bool readable = true;
    bool writable = false;
    bool executable = false;
    bool uncached = false;
    bool write_combining = false; // for memory that is only written
    friend constexpr bool operator==(PageAttributes, PageAttributes) = default;
};

/// One entry of a table at any level.
class PageTableEntry {
  public:
    constexpr PageTableEntry() = default;
    explicit constexpr PageTableEntry(std::uint64_t value) : value_{value} {}

    /// An entry that points to the table of the next lower level. The leaves decide on rights.
    static constexpr PageTableEntry table(PhysAddr address) {
        return PageTableEntry{address.value() | kP | kRW};
    }
    /// An entry of a table at `level` that maps a page. A page that must not be read keeps its
    /// frame in an entry that is not present.
    static constexpr PageTableEntry page(PhysAddr address, PageAttributes attributes,
                                         unsigned level) {
        std::uint64_t value = address.value() | kKept;
        value |= attributes.readable ? kP : 0;
        value |= attributes.writable ? kRW : 0;
        value |= attributes.executable ? 0 : kXD;
        value |= attributes.uncached ? kPCD | kPWT : attributes.write_combining ? kPWT : 0;
        value |= level > Size4K::kLevel ? kPS : 0;
        return PageTableEntry{value};
    }

    /// An entry that maps nothing, and says that a core is clearing `frame`, of 2 MiB, to map it
    /// here. No two entries are alike, because nobody else has the frame.
    static constexpr PageTableEntry claim(PhysAddr frame, unsigned core) {
        return PageTableEntry{frame.value() | (std::uint64_t{core} << kClaimCoreShift) | kClaim};
    }
    static constexpr unsigned kMostClaimants = 512;

    constexpr std::uint64_t value() const { return value_; }
    constexpr bool is_empty() const { return (value_ & (kP | kKept)) == 0; }
    constexpr bool is_claim() const { return is_empty() && (value_ & kClaim) != 0; }
    constexpr unsigned claimant() const {
        return static_cast<unsigned>(value_ >> kClaimCoreShift) % kMostClaimants;
    }
    constexpr bool is_present() const { return (value_ & kP) != 0; }
    /// Whether the entry of a table at `level` maps a page, present or kept.
    constexpr bool is_page(unsigned level) const {
        return !is_empty() && (level == Size4K::kLevel || (value_ & kPS) != 0);
    }
    constexpr bool is_table(unsigned level) const { return !is_empty() && !is_page(level); }
    /// The address that the entry of a table at `level` points to, page or table.
    constexpr PhysAddr address(unsigned level) const {
        // A large page has its PAT bit where a small one's address begins.
        return PhysAddr{value_ & kAddress & ~(is_page(level) ? bytes_of(level) - 1 : 0)};
    }
    /// The same where the entry is known to point to a table.
    constexpr PhysAddr table_address() const { return PhysAddr{value_ & kAddress}; }
    constexpr PageAttributes attributes() const {
        return {.readable = is_present(),
                .writable = (value_ & kRW) != 0,
                .executable = (value_ & kXD) == 0,
                .uncached = (value_ & kPCD) != 0,
                .write_combining = (value_ & (kPCD | kPWT)) == kPWT};
    }

    /// Whether it is the same but for what the processor has noted of its use. [intel/vol3] §4.8.
    constexpr bool maps_as(PageTableEntry other) const {
        return ((value_ ^ other.value_) & ~(kA | kD)) == 0;
    }
    /// With what the processor has noted in another one, too.
    constexpr PageTableEntry with_use_of(PageTableEntry other) const {
        return PageTableEntry{value_ | (other.value_ & (kA | kD))};
    }

    /// Bytes that one entry of a table at `level` covers.
    static constexpr std::uint64_t bytes_of(unsigned level) {
        return std::uint64_t{1} << (12 + 9 * (level - 1));
    }

    friend constexpr bool operator==(PageTableEntry, PageTableEntry) = default;

  private:
    // [intel/vol3] Tables 4-14 to 4-20.
    static constexpr std::uint64_t kP = 1 << 0;
    static constexpr std::uint64_t kRW = 1 << 1;
    static constexpr std::uint64_t kPWT = 1 << 3;
    static constexpr std::uint64_t kPCD = 1 << 4;
    static constexpr std::uint64_t kA = 1 << 5;
    static constexpr std::uint64_t kD = 1 << 6;
    static constexpr std::uint64_t kPS = 1 << 7;
    static constexpr std::uint64_t kKept = 1 << 9; // ignored by the processor: a frame belongs here
    static constexpr std::uint64_t kClaim = 1 << 10;
    static constexpr unsigned kClaimCoreShift = 12; // to 20, where a frame of 2 MiB has no bits
    static constexpr std::uint64_t kAddress = 0x000F'FFFF'FFFF'F000;
    static constexpr std::uint64_t kXD = std::uint64_t{1} << 63;

    std::uint64_t value_ = 0;
};
static_assert(sizeof(PageTableEntry) == 8);

/// The format policy of the page-table walker for four-level paging.
struct PageTableFormat {
    using Entry = PageTableEntry;
    using Attributes = PageAttributes;
    static constexpr unsigned kTopLevel = 4;
    static constexpr unsigned kLargestPageLevel = Size1G::kLevel;
    static constexpr unsigned kEntries = 512;

    static constexpr std::uint64_t bytes_of(unsigned level) {
        return PageTableEntry::bytes_of(level);
    }
    static constexpr unsigned index(std::uint64_t address, unsigned level) {
        return static_cast<unsigned>(address >> (12 + 9 * (level - 1))) % kEntries;
    }
    /// Whether bits 63 to 47 are equal. [intel/vol3] §3.3.7.1.
    static constexpr bool is_canonical(std::uint64_t address) {
        return address < 0x0000'8000'0000'0000 || address >= 0xFFFF'8000'0000'0000;
    }
    /// Whether going from `before` to `after` takes rights away or changes the translation, so
    /// that processors must forget the old entry.
    static constexpr bool needs_flush(PageAttributes before, PageAttributes after) {
        return before.readable &&
               (!after.readable || (before.writable && !after.writable) ||
                (before.executable && !after.executable) || before.uncached != after.uncached ||
                before.write_combining != after.write_combining);
    }
};

} // namespace hermit::arch
