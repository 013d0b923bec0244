// Where other cores leave tasks for this one: a lock-free stack that many push to and one empties.
#pragma once

#include <sched/task.hpp>

#include <atomic>

namespace hermit::sched {

/// Pushing never reads a link of another element and emptying takes all at once, so that the
/// re-use of a task (the ABA problem) does no harm. All zeros is the empty state.
class Inbox {
  public:
    /// A hint for the owner. Sequentially consistent: in the order with `push` and the core's
    /// wake threshold, see CoreScheduler::publish.
    bool empty() const { return newest_.load(std::memory_order_seq_cst) == nullptr; }

    /// Adds a task that the caller has claimed. Any core, any context.
    void push(Task& task) {
        Task* newest = newest_.load(std::memory_order_relaxed);
        do {
            task.inbox_next = newest;
            // Release: pairs with take_all(), which reads what the caller wrote into the task.
            // Sequentially consistent as well: the caller reads the wake threshold afterwards.
        } while (!newest_.compare_exchange_weak(newest, &task, std::memory_order_seq_cst,
                                                std::memory_order_relaxed));
    }

    /// Takes out all tasks, linked through `inbox_next`, the one that came first in front.
    /// Null if there are none. The owning core only.
    Task* take_all() {
        if (newest_.load(std::memory_order_relaxed) == nullptr) {
            return nullptr;
        }
        Task* task = newest_.exchange(nullptr, std::memory_order_acquire);
        Task* first = nullptr;
        while (task != nullptr) {
            Task* const older = task->inbox_next;
            task->inbox_next = first;
            first = task;
            task = older;
        }
        return first;
    }

  private:
    std::atomic<Task*> newest_{nullptr};
};

} // namespace hermit::sched
