// What a free list has to do, simple and slow: one flag per unit.
#pragma once

#include <free_list.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hermit::mm {

/// `count` units of `unit` bytes, none of them free at first.
class FreeListModel {
  public:
    FreeListModel(std::size_t count, std::uint64_t unit) : free_(count, false), unit_{unit} {}

    /// Whether all of the units are in one state.
    bool all(std::size_t first, std::size_t count, bool state) const {
        for (std::size_t i = first; i < first + count; ++i) {
            if (free_[i] != state) {
                return false;
            }
        }
        return true;
    }
    void set(std::size_t first, std::size_t count, bool state) {
        for (std::size_t i = first; i < first + count; ++i) {
            free_[i] = state;
        }
    }
    /// The first place of `count` free units on a multiple of `alignment`, or the number of units.
    std::size_t place(std::size_t count, std::size_t alignment) const {
        for (std::size_t first = 0; first + count <= free_.size(); first += alignment) {
            if (all(first, count, true)) {
                return first;
            }
        }
        return free_.size();
    }
    std::vector<Range> ranges() const {
        std::vector<Range> result;
        for (std::size_t i = 0; i < free_.size(); ++i) {
            if (free_[i]) {
                if (!result.empty() && result.back().end == i * unit_) {
                    result.back().end += unit_;
                } else {
                    result.push_back({i * unit_, (i + 1) * unit_});
                }
            }
        }
        return result;
    }

  private:
    std::vector<bool> free_;
    std::uint64_t unit_;
};

} // namespace hermit::mm
