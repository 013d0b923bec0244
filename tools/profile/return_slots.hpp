// Which stack each return address in memory leads back to.
#pragma once

#include "call_tree.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <unordered_map>

namespace hermit::profile {

/// What the call that wrote a return address knew. Nothing if `caller` is null.
struct ReturnSlot {
    Node* caller;
    std::uint64_t return_address;
};

/// One slot for each eight bytes of memory, made when first asked for. All tasks share one address
/// space and a return address stays where it is, so a switch of stacks needs no attention: whoever
/// returns through an address continues the stack that called there.
class ReturnSlots {
    static constexpr unsigned kPageShift = 12;
    using Page = std::array<ReturnSlot, (1u << kPageShift) / sizeof(std::uint64_t)>;

  public:
    /// The page a processor used last, as it seldom leaves it. All zero at first.
    struct LastPage {
        std::uint64_t number;
        Page* page;
    };

    /// The slot of an address. Any thread; a slot itself is the guest's stack's and not locked.
    ReturnSlot& at(std::uint64_t address, LastPage& last);

  private:
    Page& page(std::uint64_t number);

    std::unordered_map<std::uint64_t, std::unique_ptr<Page>> pages_;
    std::shared_mutex changing_;
};

} // namespace hermit::profile
