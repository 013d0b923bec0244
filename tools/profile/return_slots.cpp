#include "return_slots.hpp"

#include <mutex>

namespace hermit::profile {

ReturnSlots::Page& ReturnSlots::page(std::uint64_t number) {
    {
        const std::shared_lock lock{changing_};
        if (const auto found = pages_.find(number); found != pages_.end()) {
            return *found->second;
        }
    }
    const std::scoped_lock lock{changing_};
    auto& page = pages_[number];
    if (page == nullptr) {
        page = std::make_unique<Page>();
    }
    return *page;
}

ReturnSlot& ReturnSlots::at(std::uint64_t address, LastPage& last) {
    const std::uint64_t number = address >> kPageShift;
    if (last.page == nullptr || last.number != number) {
        last = {number, &page(number)};
    }
    return (*last.page)[address % (std::uint64_t{1} << kPageShift) / sizeof(std::uint64_t)];
}

} // namespace hermit::profile
