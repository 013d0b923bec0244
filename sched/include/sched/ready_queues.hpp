// The tasks of one core that are ready to run: one first-come-first-served queue per priority and a
// bitmap of those that are not empty, so that choosing takes constant time. [thesis] 2.1.3.
#pragma once

#include <sched/task.hpp>

#include <bit>

namespace hermit::sched {

/// Touched only by the core that owns it, with interrupts off; only `empty()` may be asked with
/// interrupts on, as a hint. All zeros is the empty state, so it can live in per-core storage.
class ReadyQueues {
  public:
    /// Read in one piece and anew each time: with interrupts on, a handler may change it.
    bool empty() const { return __atomic_load_n(&occupied_, __ATOMIC_RELAXED) == 0; }
    bool has(Priority priority) const { return ((occupied_ >> priority) & 1) != 0; }
    /// Whether a task of this or a higher priority is ready.
    bool has_at_least(Priority priority) const { return (occupied_ >> priority) != 0; }
    bool has_more_than(Priority priority) const { return (occupied_ >> priority) > 1; }

    void push_back(Task& task) { link(task); }
    /// For a task that was preempted before its turn was over.
    void push_front(Task& task) {
        link(task);
        first_[task.queued_priority] = &task;
    }
    /// Takes out the task that is to run next; null if there is none.
    Task* pop() {
        if (occupied_ == 0) {
            return nullptr;
        }
        Task* const task = first_[std::bit_width(occupied_) - 1];
        remove(*task);
        return task;
    }
    /// Takes out a task that is in one of the queues.
    void remove(Task& task) {
        const Priority priority = task.queued_priority;
        task.queued = false;
        if (task.ready_next == &task) {
            first_[priority] = nullptr;
            occupied_ &= ~(std::uint32_t{1} << priority);
            return;
        }
        task.ready_previous->ready_next = task.ready_next;
        task.ready_next->ready_previous = task.ready_previous;
        if (first_[priority] == &task) {
            first_[priority] = task.ready_next;
        }
    }
    /// Puts every task whose priority was changed while it was ready into the right queue.
    void requeue_changed();

  private:
    void link(Task& task) {
        const Priority priority = task.priority.load(std::memory_order_relaxed);
        task.queued_priority = priority;
        task.queued = true;
        Task* const first = first_[priority];
        if (first == nullptr) {
            task.ready_next = task.ready_previous = &task;
            first_[priority] = &task;
            occupied_ |= std::uint32_t{1} << priority;
            return;
        }
        task.ready_next = first;
        task.ready_previous = first->ready_previous;
        first->ready_previous->ready_next = &task;
        first->ready_previous = &task;
    }

    std::uint32_t occupied_ = 0;
    Task* first_[kPriorities] = {}; // of a ring
};

} // namespace hermit::sched
