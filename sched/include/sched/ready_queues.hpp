// The tasks of one core that can run, the running one included: one ring per priority, whose first
// runs before the others, and a bitmap of those that are not empty. Choosing takes constant time,
// and letting the next of equals run is a step along the ring. [thesis] 2.1.3.
#pragma once

#include <sched/task.hpp>

#include <bit>

namespace hermit::sched {

/// Touched only by the core that owns it, with interrupts off. All zeros is the empty state, so it
/// can live in per-core storage.
class ReadyQueues {
  public:
    /// The task that is to run: the first of the most important ones. Null if there is none.
    Task* first() const { return occupied_ == 0 ? nullptr : first_[std::bit_width(occupied_) - 1]; }

    /// Whether no task is ready. Also with interrupts on, as a hint: read anew each time, for a
    /// handler may add one.
    bool seems_empty() const { return __atomic_load_n(&occupied_, __ATOMIC_RELAXED) == 0; }

    /// Adds a task behind its equals. False if it has none.
    bool add(Task& task) {
        const Priority priority = task.priority.load(std::memory_order_relaxed);
        Task* const first = first_[priority];
        task.queued_priority = priority;
        if (first == nullptr) {
            task.ready_next = task.ready_previous = &task;
            first_[priority] = &task;
            occupied_ |= std::uint32_t{1} << priority;
            return false;
        }
        Task* const last = first->ready_previous;
        task.ready_next = first;
        task.ready_previous = last;
        last->ready_next = first->ready_previous = &task;
        return true;
    }

    void remove(Task& task) {
        const Priority priority = task.queued_priority;
        Task* const next = task.ready_next;
        if (next == &task) {
            first_[priority] = nullptr;
            occupied_ ^= std::uint32_t{1} << priority;
            return;
        }
        task.ready_previous->ready_next = next;
        next->ready_previous = task.ready_previous;
        if (first_[priority] == &task) {
            first_[priority] = next;
        }
    }

    /// Removes a task that is the first of several equals, of which `next` is the second.
    void remove_first(Task& task, Task& next) {
        Task* const previous = task.ready_previous;
        previous->ready_next = &next;
        next.ready_previous = previous;
        first_[task.queued_priority] = &next;
    }

    /// Makes the task behind `task` the first of its ring and returns it: `task` itself if it has
    /// no equal.
    Task& step_behind(Task& task) {
        Task* const next = task.ready_next;
        first_[task.queued_priority] = next;
        return *next;
    }

    /// Calls `function(Task&)` for every task; it may not change the queues.
    template <class Function>
    void for_each(Function&& function) {
        for (Task* const first : first_) {
            Task* task = first;
            while (task != nullptr) {
                function(*task);
                task = task->ready_next == first ? nullptr : task->ready_next;
            }
        }
    }

  private:
    std::uint32_t occupied_ = 0;
    Task* first_[kPriorities] = {};
};

/// Whether another task of its priority is ready. Also for the running task with interrupts on, as
/// a hint: read in one piece and anew each time, for a handler may change it.
inline bool has_equal(const Task& task) {
    return __atomic_load_n(&task.ready_next, __ATOMIC_RELAXED) != &task;
}

} // namespace hermit::sched
