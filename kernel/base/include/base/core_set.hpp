// A set of cores, by dense core index.
#pragma once

#include <base/assert.hpp>

#include <bit>
#include <cstdint>

namespace hermit {

/// The most cores that one kernel uses. Further ones are left parked, with a warning.
inline constexpr unsigned kMaxCores = 512;

/// A set of core indices 0 … kMaxCores−1. A value type; not thread safe.
class CoreSet {
  public:
    constexpr CoreSet() = default;
    /// The cores 0 … count−1.
    static constexpr CoreSet first(unsigned count) {
        CoreSet set;
        for (unsigned core = 0; core < count; ++core) {
            set.add(core);
        }
        return set;
    }
    static constexpr CoreSet only(unsigned core) {
        CoreSet set;
        set.add(core);
        return set;
    }

    constexpr void add(unsigned core) {
        ASSERT(core < kMaxCores);
        words_[core / 64] |= std::uint64_t{1} << (core % 64);
    }
    constexpr void remove(unsigned core) {
        ASSERT(core < kMaxCores);
        words_[core / 64] &= ~(std::uint64_t{1} << (core % 64));
    }
    constexpr bool contains(unsigned core) const {
        return core < kMaxCores && ((words_[core / 64] >> (core % 64)) & 1) != 0;
    }
    constexpr unsigned count() const {
        unsigned sum = 0;
        for (std::uint64_t word : words_) {
            for (; word != 0; word &= word - 1) {
                ++sum;
            }
        }
        return sum;
    }
    constexpr bool empty() const { return first_from(0) == kMaxCores; }
    /// The smallest member ≥ `core`, or kMaxCores. It is not looked for far beyond `end`.
    constexpr unsigned first_from(unsigned core, unsigned end = kMaxCores) const {
        for (; core < end; core = (core / 64 + 1) * 64) {
            const std::uint64_t rest = words_[core / 64] >> (core % 64);
            if (rest != 0) {
                return core + static_cast<unsigned>(std::countr_zero(rest));
            }
        }
        return kMaxCores;
    }
    friend constexpr CoreSet operator&(const CoreSet& a, const CoreSet& b) {
        CoreSet both;
        for (unsigned i = 0; i < kMaxCores / 64; ++i) {
            both.words_[i] = a.words_[i] & b.words_[i];
        }
        return both;
    }
    friend constexpr bool operator==(const CoreSet&, const CoreSet&) = default;

  private:
    std::uint64_t words_[kMaxCores / 64] = {};
};

} // namespace hermit
