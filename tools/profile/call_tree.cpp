#include "call_tree.hpp"

#include <unordered_map>
#include <vector>

namespace hermit::profile {

Node* CallTree::find(Node* first, const Node* end, Function function) {
    for (Node* node = first; node != end; node = node->next_sibling) {
        if (node->function == function) {
            return node;
        }
    }
    return nullptr;
}

Node* CallTree::child(Node* caller, Function function) {
    if (caller->depth == kMaxDepth) {
        caller = caller->parent;
    }
    // Acquire pairs with the release below: who sees a node sees what is in it.
    Node* const first = caller->first_child.load(std::memory_order_acquire);
    if (Node* const found = find(first, nullptr, function)) {
        return found;
    }
    const std::scoped_lock lock{inserting_};
    Node* const newest = caller->first_child.load(std::memory_order_relaxed);
    if (Node* const found = find(newest, first, function)) {
        return found;
    }
    Node* const node = &nodes_.emplace_back();
    node->parent = caller;
    node->function = function;
    node->depth = caller->depth + 1;
    node->next_sibling = newest;
    caller->first_child.store(node, std::memory_order_release);
    return node;
}

Node* CallTree::ancestor(Node* node, Function function) {
    while (node != nullptr && node->function != function) {
        node = node->parent;
    }
    return node;
}

void CallTree::write(std::ostream& out) {
    std::unordered_map<const Node*, std::size_t> numbers{{&root_, 0}};
    std::vector<Node*> waiting{&root_};
    while (!waiting.empty()) {
        Node* const node = waiting.back();
        waiting.pop_back();
        if (node != &root_) {
            out << numbers.at(node->parent) << ' ' << node->function << ' '
                << node->instructions.load(std::memory_order_relaxed) << '\n';
            numbers.emplace(node, numbers.size());
        }
        Node* child = node->first_child.load(std::memory_order_acquire);
        for (; child != nullptr; child = child->next_sibling) {
            waiting.push_back(child);
        }
    }
}

} // namespace hermit::profile
