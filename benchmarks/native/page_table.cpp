// What an operation of the page-table walker costs while n pages are mapped around it.
#include <page_table.hpp>

#include <arch/paging.hpp>

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <vector>

namespace hermit::mm {
namespace {

using arch::PageTableEntry;
using Format = arch::PageTableFormat;

/// Tables in the host's memory: a table's physical address is its host address.
struct HostMemory {
    PageTableEntry load(PhysAddr table, unsigned index) const {
        return reinterpret_cast<PageTableEntry*>(table.value())[index];
    }
    void store(PhysAddr table, unsigned index, PageTableEntry entry) const {
        reinterpret_cast<PageTableEntry*>(table.value())[index] = entry;
    }
};

struct Pool {
    std::vector<void*> all;
    std::vector<void*> spare;
    ~Pool() {
        for (void* const table : all) {
            std::free(table);
        }
    }
};

struct HostSource {
    Pool* pool;
    Result<PhysAddr> allocate_table() const {
        void* table;
        if (pool->spare.empty()) {
            table = std::aligned_alloc(4 * kKiB, 4 * kKiB);
            pool->all.push_back(table);
        } else {
            table = pool->spare.back();
            pool->spare.pop_back();
        }
        std::memset(table, 0, 4 * kKiB);
        return PhysAddr{reinterpret_cast<std::uint64_t>(table)};
    }
};

struct Collector {
    Pool* pool;
    bool full() const { return false; }
    void page(VirtAddr, PhysAddr, std::uint64_t) {}
    void table(VirtAddr, PhysAddr frame) {
        pool->spare.push_back(reinterpret_cast<void*>(frame.value()));
    }
};

struct Machine {
    Pool pool;
    HostSource source{&pool};
    PageTable<Format, HostMemory, HostSource> table{*source.allocate_table(), {}, source};
};

/// One 4 KiB page comes and goes, `n` others being there.
void page_table_map_unmap_4k(benchmark::State& state) {
    Machine machine;
    const auto others = static_cast<std::uint64_t>(state.range(0));
    if (!machine.table.map(VirtAddr{4 * kGiB}, PhysAddr{kGiB}, others * 4 * kKiB,
                           {.writable = true}, arch::Size4K::kLevel)) {
        std::abort();
    }
    const VirtAddr page{4 * kGiB + others * 4 * kKiB};
    Collector collector{&machine.pool};
    for (auto _ : state) {
        benchmark::DoNotOptimize(machine.table.map_page(page, PhysAddr{8 * kGiB},
                                                        {.writable = true}, arch::Size4K::kLevel));
        benchmark::DoNotOptimize(machine.table.unmap(page, 4 * kKiB, collector));
    }
    state.SetComplexityN(state.range(0));
}
BENCHMARK(page_table_map_unmap_4k)->Arg(10)->Arg(1000)->Arg(100000)->Complexity();

/// A gibibyte in pages of the size that `state.range(0)` is the level of.
void page_table_map_unmap_gibibyte(benchmark::State& state) {
    Machine machine;
    Collector collector{&machine.pool};
    for (auto _ : state) {
        benchmark::DoNotOptimize(machine.table.map(VirtAddr{4 * kGiB}, PhysAddr{kGiB}, kGiB,
                                                   {.writable = true},
                                                   static_cast<unsigned>(state.range(0))));
        benchmark::DoNotOptimize(machine.table.unmap(VirtAddr{4 * kGiB}, kGiB, collector));
    }
}
BENCHMARK(page_table_map_unmap_gibibyte)
    ->ArgName("level")
    ->Arg(arch::Size4K::kLevel)
    ->Arg(arch::Size2M::kLevel)
    ->Arg(arch::Size1G::kLevel)
    ->Unit(benchmark::kMicrosecond);

void page_table_translate(benchmark::State& state) {
    Machine machine;
    if (!machine.table.map(VirtAddr{4 * kGiB}, PhysAddr{kGiB}, 8 * kMiB, {.writable = true},
                           static_cast<unsigned>(state.range(0)))) {
        std::abort();
    }
    std::uint64_t offset = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(machine.table.translate(VirtAddr{4 * kGiB + offset}));
        offset = (offset + 4097) % (8 * kMiB);
    }
}
BENCHMARK(page_table_translate)
    ->ArgName("level")
    ->Arg(arch::Size4K::kLevel)
    ->Arg(arch::Size2M::kLevel);

/// A 2 MiB page inside a gibibyte page loses its right to be written, and gets it back.
void page_table_protect_2m_of_1g(benchmark::State& state) {
    Machine machine;
    if (!machine.table.map(VirtAddr{4 * kGiB}, PhysAddr{kGiB}, kGiB, {.writable = true})) {
        std::abort();
    }
    const auto ignore = [](VirtAddr, std::uint64_t) {};
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            machine.table.protect(VirtAddr{4 * kGiB + 2 * kMiB}, 2 * kMiB, {}, ignore));
        benchmark::DoNotOptimize(machine.table.protect(VirtAddr{4 * kGiB + 2 * kMiB}, 2 * kMiB,
                                                       {.writable = true}, ignore));
    }
}
BENCHMARK(page_table_protect_2m_of_1g);

} // namespace
} // namespace hermit::mm
