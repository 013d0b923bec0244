// What an operation of the free list costs while it holds n ranges.
#include <free_list.hpp>

#include <base/address.hpp>

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

namespace hermit::mm {
namespace {

constexpr std::uint64_t kUnit = 4 * kKiB;
constexpr std::uint64_t kLarge = 2 * kMiB;

/// A free list of `count` ranges of one unit, every other unit free, and behind them a large one.
class Fragmented {
  public:
    explicit Fragmented(std::size_t count) : storage_((count + 64) * 128), count_{count} {
        list.add_nodes(storage_.data(), storage_.size());
        for (std::size_t i = 0; i < count; ++i) {
            check(list.deallocate(hole(i), kUnit));
        }
        check(list.deallocate(align_up(hole(count), kGiB), kGiB));
    }
    std::uint64_t hole(std::size_t index) const { return 2 * index * kUnit; }
    std::size_t count() const { return count_; }

    static void check(const Result<void>& result) {
        if (!result) {
            std::abort();
        }
    }

    FreeList list{kUnit, kLarge};

  private:
    std::vector<char> storage_;
    std::size_t count_;
};

/// The list finds a place behind all the small ranges, and gets it back.
void free_list_large_block(benchmark::State& state) {
    Fragmented fragmented{static_cast<std::size_t>(state.range(0))};
    for (auto _ : state) {
        const std::uint64_t start = *fragmented.list.allocate_aligned(kLarge, kLarge);
        Fragmented::check(fragmented.list.deallocate(start, kLarge));
    }
    state.SetComplexityN(state.range(0));
}
BENCHMARK(free_list_large_block)->Arg(10)->Arg(1000)->Arg(100000)->Complexity();

/// Random small ranges are taken out and given back: nodes come and go.
void free_list_small_block(benchmark::State& state) {
    Fragmented fragmented{static_cast<std::size_t>(state.range(0))};
    std::mt19937_64 random{1};
    std::vector<std::uint64_t> places(4096);
    for (std::uint64_t& place : places) {
        place = fragmented.hole(random() % fragmented.count());
    }
    std::size_t next = 0;
    for (auto _ : state) {
        const std::uint64_t start = places[next++ % places.size()];
        Fragmented::check(fragmented.list.reserve(start, kUnit));
        Fragmented::check(fragmented.list.deallocate(start, kUnit));
    }
    state.SetComplexityN(state.range(0));
}
BENCHMARK(free_list_small_block)->Arg(10)->Arg(1000)->Arg(100000)->Complexity();

} // namespace
} // namespace hermit::mm
