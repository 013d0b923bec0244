// All call stacks that occurred, and how many instructions were executed in each.
#pragma once

#include "functions.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <ostream>

namespace hermit::profile {

/// A stack: this function, called by the parent's stack.
struct Node {
    Node* parent = nullptr;
    Function function = kUndecided;
    unsigned depth = 0;
    std::atomic<std::uint64_t> instructions = 0;
    std::atomic<Node*> first_child = nullptr;
    Node* next_sibling = nullptr; // constant once the node is in its parent's list
};

/// Any thread may call any function at any time.
class CallTree {
  public:
    /// Where recursion goes on for so long, stacks are cut: the innermost function stays right.
    static constexpr unsigned kMaxDepth = 256;

    Node* root() { return &root_; }

    /// The stack of `function` called from `caller`.
    Node* child(Node* caller, Function function);

    /// The innermost of the stacks that `node` goes through whose function is `function`; null if
    /// there is none.
    static Node* ancestor(Node* node, Function function);

    /// Lines `PARENT FUNCTION INSTRUCTIONS`. A parent is the number of an earlier line, counted
    /// from 1, or 0 for the root.
    void write(std::ostream& out);

  private:
    static Node* find(Node* first, const Node* end, Function function);

    Node root_;
    std::deque<Node> nodes_; // all but the root; they stay where they are
    std::mutex inserting_;
};

} // namespace hermit::profile
