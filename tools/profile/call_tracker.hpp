// Follows the calls of all processors and says in which stack each of them is.
#pragma once

#include "call_tree.hpp"
#include "return_slots.hpp"

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace hermit::profile {

/// Where a processor is: in a stack, or on the way into the next function.
struct Position {
    enum class Way : std::uint64_t { kStays, kCalls, kReturns };

    Node* node; // null at first
    Way way;
    std::uint64_t return_address; // for kReturns: where it leads if nobody has changed it
};

/// What is known of a processor. All zero at first.
struct Processor {
    std::uint64_t instructions; // executed since they were last added to a stack
    Function function;          // of the code that is executed; kUndecided: to be found out
    Position position;
    Position interrupted; // between an interrupt's first instruction and on_interrupted
    ReturnSlots::LastPage last_page;
};

/// The code that is about to be executed.
struct Block {
    std::uint64_t address;
    Function function;
    bool starts_function;
    bool is_interrupt_entry;
    bool is_part_of_entry; // what follows every interrupt entry: shown as part of it
};

/// A processor is one thread's; different processors may be at work at the same time.
class CallTracker {
  public:
    /// Execution goes on in `block`, whose function is not the processor's, or which follows one of
    /// the events below.
    void on_block(Processor& processor, const Block& block);

    /// A call has written `return_address` to `slot`.
    void on_call(Processor& processor, std::uint64_t slot, std::uint64_t return_address);

    /// A return has read `slot`.
    void on_return(Processor& processor, std::uint64_t slot);

    /// An interrupt has been entered from code whose stack pointer was `interrupted_stack`.
    void on_interrupted(Processor& processor, std::uint64_t interrupted_stack);

    /// An interrupt is left to code with the stack pointer `stack`, perhaps of another task than
    /// the one that was interrupted last.
    void on_interrupt_return(Processor& processor, std::uint64_t stack);

    /// Adds what the processor has executed to the stack it is in.
    void settle(Processor& processor);

    CallTree& tree() { return tree_; }

  private:
    Node* after_jump(Node* from, const Block& block);
    Node* after_return(const Position& position, const Block& block);

    CallTree tree_;
    ReturnSlots slots_;
    std::unordered_map<std::uint64_t, Position> interrupted_; // by stack pointer
    std::mutex interrupting_;
};

} // namespace hermit::profile
