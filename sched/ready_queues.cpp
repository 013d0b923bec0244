#include <sched/ready_queues.hpp>

namespace hermit::sched {

void ReadyQueues::requeue_changed() {
    // Collected first: a task that moves up must not be met again.
    Task* changed = nullptr;
    for (Task* const first : first_) {
        Task* task = first;
        while (task != nullptr) {
            if (task->priority.load(std::memory_order_relaxed) != task->queued_priority) {
                task->inbox_next = changed;
                changed = task;
            }
            task = task->ready_next == first ? nullptr : task->ready_next;
        }
    }
    while (changed != nullptr) {
        Task* const task = changed;
        changed = task->inbox_next;
        remove(*task);
        push_back(*task);
    }
}

} // namespace hermit::sched
