#include "call_tracker.hpp"

namespace hermit::profile {

void CallTracker::settle(Processor& processor) {
    Node* const node = processor.position.node;
    if (node != nullptr) {
        node->instructions.fetch_add(processor.instructions, std::memory_order_relaxed);
        processor.instructions = 0;
    }
}

/// A jump to a function's start is a call in the place of the caller's own return. One into the
/// middle of a function that is in the stack leaves all that it called: longjmp, an exception.
Node* CallTracker::after_jump(Node* from, const Block& block) {
    if (from->function == block.function) {
        return from;
    }
    if (!block.starts_function) {
        if (Node* const found = CallTree::ancestor(from, block.function)) {
            return found;
        }
    }
    return tree_.child(from == tree_.root() ? from : from->parent, block.function);
}

/// A return to where nobody called from begins a task, or ends the unwinding for an exception.
Node* CallTracker::after_return(const Position& position, const Block& block) {
    if (position.return_address == block.address) {
        return position.node;
    }
    if (!block.starts_function) {
        if (Node* const found = CallTree::ancestor(position.node, block.function)) {
            return found;
        }
    }
    return tree_.child(tree_.root(), block.function);
}

void CallTracker::on_block(Processor& processor, const Block& block) {
    settle(processor);
    Position& position = processor.position;
    if (position.node == nullptr) {
        position.node = tree_.root();
    }
    if (block.is_interrupt_entry) {
        processor.interrupted = position;
        position.node = tree_.child(position.node, block.function);
    } else if (position.way == Position::Way::kCalls) {
        position.node = tree_.child(position.node, block.function);
    } else if (position.way == Position::Way::kReturns) {
        position.node = after_return(position, block);
    } else if (!block.is_part_of_entry) {
        position.node = after_jump(position.node, block);
    }
    position.way = Position::Way::kStays;
    processor.function = block.function;
}

void CallTracker::on_call(Processor& processor, std::uint64_t slot, std::uint64_t return_address) {
    settle(processor);
    slots_.at(slot, processor.last_page) = {processor.position.node, return_address};
    processor.position.way = Position::Way::kCalls;
    processor.function = kUndecided;
}

void CallTracker::on_return(Processor& processor, std::uint64_t slot) {
    settle(processor);
    ReturnSlot& from = slots_.at(slot, processor.last_page);
    Position& position = processor.position;
    position.way = Position::Way::kReturns;
    position.return_address = 0; // nowhere
    if (from.caller != nullptr) {
        position.node = from.caller;
        position.return_address = from.return_address;
        from.caller = nullptr;
    }
    processor.function = kUndecided;
}

void CallTracker::on_interrupted(Processor& processor, std::uint64_t interrupted_stack) {
    const std::scoped_lock lock{interrupting_};
    interrupted_[interrupted_stack] = processor.interrupted;
}

void CallTracker::on_interrupt_return(Processor& processor, std::uint64_t stack) {
    settle(processor);
    const std::scoped_lock lock{interrupting_};
    if (const auto found = interrupted_.find(stack); found != interrupted_.end()) {
        processor.position = found->second;
        interrupted_.erase(found);
    }
    processor.function = kUndecided;
}

} // namespace hermit::profile
