// Builds the page tables that the kernel starts with. [intel/vol3] §4.5, 4-level paging.
#pragma once

#include <cstdint>

namespace hermit::boot {

/// Permissions of a mapping. Readable always.
enum class Access { kRead, kReadWrite, kReadExecute };

/// A four-level page table made from a fixed pool of zeroed pages.
class PageTables {
  public:
    /// `pool` is page aligned and zeroed, lies at `pool_physical` and holds `pages` tables.
    PageTables(void* pool, std::uint64_t pool_physical, unsigned pages);

    /// Maps [address, address + bytes) to `physical` and up, in 2 MiB pages where both addresses'
    /// alignment allows, else in 4 KiB pages. All are multiples of 4 KiB. Nothing may be mapped
    /// there yet. False if the pool is exhausted.
    bool map(std::uint64_t address, std::uint64_t physical, std::uint64_t bytes, Access access);

    /// Physical address of the root table.
    std::uint64_t root() const { return pool_physical_; }
    unsigned pages_used() const { return used_; }

  private:
    using Entry = std::uint64_t;
    Entry* table_at(std::uint64_t physical) const;
    Entry* entry_for(std::uint64_t address, unsigned level);

    void* pool_;
    std::uint64_t pool_physical_;
    unsigned pages_;
    unsigned used_ = 1; // the root
};

} // namespace hermit::boot
