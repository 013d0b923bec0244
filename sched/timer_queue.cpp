#include <sched/timer_queue.hpp>

#include <base/assert.hpp>

namespace hermit::sched {

void TimerQueue::insert(TimerNode& node, std::uint64_t deadline_ns) {
    ASSERT(!node.queued);
    node = {.deadline_ns = deadline_ns, .queued = true};
    root_ = root_ == nullptr ? &node : merge(root_, &node);
}

void TimerQueue::remove(TimerNode& node) {
    ASSERT(node.queued);
    if (&node == root_) {
        root_ = merge_siblings(node.child);
    } else {
        if (node.previous->child == &node) {
            node.previous->child = node.next;
        } else {
            node.previous->next = node.next;
        }
        if (node.next != nullptr) {
            node.next->previous = node.previous;
        }
        if (TimerNode* const rest = merge_siblings(node.child); rest != nullptr) {
            root_ = merge(root_, rest);
        }
    }
    node = {};
}

/// Joins two heaps; at equal deadlines the first argument stays on top.
TimerNode* TimerQueue::merge(TimerNode* a, TimerNode* b) {
    if (b->deadline_ns < a->deadline_ns) {
        TimerNode* const swapped = a;
        a = b;
        b = swapped;
    }
    b->previous = a;
    b->next = a->child;
    if (b->next != nullptr) {
        b->next->previous = b;
    }
    a->child = b;
    return a;
}

/// Joins a list of heaps in pairs from left to right, then the pairs from right to left: the order
/// on which the amortised bound rests.
TimerNode* TimerQueue::merge_siblings(TimerNode* first) {
    TimerNode* pairs = nullptr; // linked through `next`, last pair first
    while (first != nullptr) {
        TimerNode* const a = first;
        TimerNode* const b = a->next;
        first = b == nullptr ? nullptr : b->next;
        TimerNode* const pair = b == nullptr ? a : merge(a, b);
        pair->next = pairs;
        pairs = pair;
    }
    if (pairs == nullptr) {
        return nullptr;
    }
    TimerNode* root = pairs;
    pairs = pairs->next;
    while (pairs != nullptr) {
        TimerNode* const following = pairs->next;
        root = merge(root, pairs);
        pairs = following;
    }
    root->next = root->previous = nullptr;
    return root;
}

} // namespace hermit::sched
