// Random operations on the list of free ranges, its nodes running out now and then, against an
// array with one entry per unit.
#include "input.hpp"

#include <free_list.hpp>

#include "../unit/mm/free_list_model.hpp"

using namespace hermit;
using namespace hermit::mm;
using fuzz::check;
using fuzz::Input;

namespace {

constexpr std::uint64_t kUnit = 4096;
constexpr std::uint64_t kLarge = 64 * kUnit;
constexpr std::size_t kUnits = 1024;

void compare(const FreeListModel& model, const FreeList& list) {
    std::size_t position = 0;
    std::uint64_t free_units = 0;
    list.for_each([&](Range range) {
        const std::size_t first = range.start / kUnit;
        const std::size_t count = range.bytes() / kUnit;
        check(model.all(position, first - position, false), "units before a range are taken");
        check(count > 0 && model.all(first, count, true), "units of a range are free");
        check(first == 0 || model.all(first - 1, 1, false), "ranges do not touch");
        position = first + count;
        free_units += count;
    });
    check(model.all(position, kUnits - position, false), "units behind the last range are taken");
    check(list.free_bytes() == free_units * kUnit, "the sum of free bytes");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input{data, size};
    // Few nodes in some runs, so that they run out.
    alignas(16) static char storage[1 << 16];
    FreeList list{kUnit, kLarge};
    list.add_nodes(storage, input.byte() % 2 == 0 ? sizeof(storage) : 256 + input.byte() * 8);
    FreeListModel model{kUnits, kUnit};
    while (!input.empty()) {
        const unsigned operation = input.byte();
        const std::size_t count = 1 + input.below(operation % 8 == 0 ? 600 : 12);
        const std::size_t first = input.below(static_cast<unsigned>(kUnits - count + 1));
        const bool has_node = list.spare_nodes() > 0;
        switch (operation / 8 % 4) {
        case 0: {
            auto start = list.allocate(count * kUnit);
            check(static_cast<bool>(start) == (model.place(count, 1) < kUnits), "allocate");
            if (start) {
                check(*start / kUnit == model.place(count, 1), "the first range that fits");
                model.set(*start / kUnit, count, false);
            }
            break;
        }
        case 1: {
            const std::size_t alignment = std::size_t{1} << (input.byte() % 10);
            auto start = list.allocate_aligned(count * kUnit, alignment * kUnit);
            const bool possible = model.place(count, alignment) < kUnits;
            check(start ? possible : !possible || !has_node, "allocate_aligned");
            if (start) {
                check(*start % (alignment * kUnit) == 0, "the alignment");
                check(model.all(*start / kUnit, count, true), "what is handed out was free");
                model.set(*start / kUnit, count, false);
            }
            break;
        }
        case 2: {
            const bool done = static_cast<bool>(list.reserve(first * kUnit, count * kUnit));
            check(done || !has_node, "reserve");
            if (done) {
                model.set(first, count, false);
            }
            break;
        }
        default: {
            const bool allowed = model.all(first, count, false);
            const bool done = static_cast<bool>(list.deallocate(first * kUnit, count * kUnit));
            check(done ? allowed : !allowed || !has_node, "deallocate");
            if (done) {
                model.set(first, count, true);
            }
        }
        }
        compare(model, list);
    }
    return 0;
}
