// What the page-table walker is generic over.
#pragma once

#include <base/address.hpp>
#include <base/result.hpp>

#include <concepts>
#include <cstdint>

namespace hermit::mm {

/// What a processor's page-table format tells the walker. One more level is one larger kTopLevel.
template <class F>
concept PageTableFormatPolicy = requires(typename F::Entry entry, typename F::Attributes attributes,
                                         PhysAddr address, unsigned level, std::uint64_t bits) {
    { F::kTopLevel } -> std::convertible_to<unsigned>;
    { F::kLargestPageLevel } -> std::convertible_to<unsigned>;
    { F::kEntries } -> std::convertible_to<unsigned>;
    { F::bytes_of(level) } -> std::same_as<std::uint64_t>;
    { F::index(bits, level) } -> std::same_as<unsigned>;
    { F::is_canonical(bits) } -> std::same_as<bool>;
    { F::needs_flush(attributes, attributes) } -> std::same_as<bool>;
    { F::Entry::table(address) } -> std::same_as<typename F::Entry>;
    { F::Entry::page(address, attributes, level) } -> std::same_as<typename F::Entry>;
    { entry.is_empty() } -> std::same_as<bool>;
    { entry.is_page(level) } -> std::same_as<bool>;
    { entry.address(level) } -> std::same_as<PhysAddr>;
    { entry.attributes() } -> std::same_as<typename F::Attributes>;
    // Beside what is said of a page, an entry may carry what the processor notes of its use.
    { entry.maps_as(entry) } -> std::same_as<bool>;
    { entry.with_use_of(entry) } -> std::same_as<typename F::Entry>;
};

/// How tables are read and written. A store becomes visible as a whole and after earlier ones.
/// Where several cores fill empty entries at the same time, `replace(table, index, seen, entry)`
/// stores if the entry is still as it was seen, and says whether it was.
template <class M, class Entry>
concept TableMemory = requires(M memory, PhysAddr table, unsigned index, Entry entry) {
    { memory.load(table, index) } -> std::same_as<Entry>;
    memory.store(table, index, entry);
};

/// Where new tables come from: empty ones. `release_table(table)`, where there is one, takes back
/// a table that was not needed in the end.
template <class S>
concept TableSource = requires(S source) {
    { source.allocate_table() } -> std::same_as<Result<PhysAddr>>;
};

/// What `unmap` reports to: pages with their frames, and tables that are no longer used. Neither
/// may be used again before all processors have forgotten the translations. `full()` ends the
/// operation early.
template <class C>
concept UnmapCollector = requires(C collector, VirtAddr page, PhysAddr frame, std::uint64_t bytes) {
    { collector.full() } -> std::same_as<bool>;
    collector.page(page, frame, bytes);
    collector.table(page, frame);
};

/// One translation.
template <class Attributes>
struct Mapping {
    PhysAddr address; // of the byte asked for
    std::uint64_t page_bytes;
    Attributes attributes;
};

} // namespace hermit::mm
