// A mutual exclusion that its owner may enter again; others block. [thesis] 2.1.4.
#pragma once

#include <sched/semaphore.hpp>

namespace hermit::sched {

/// Thread context only.
class RecursiveMutex {
  public:
    constexpr RecursiveMutex() = default;
    RecursiveMutex(const RecursiveMutex&) = delete;
    RecursiveMutex& operator=(const RecursiveMutex&) = delete;

    /// Enters, waiting until `deadline_ns` (now_ns() time). False if that has passed; an
    /// interruption of the wait is not shown.
    bool lock(std::uint64_t deadline_ns = kForever);
    bool try_lock();
    /// Leaves as often as it was entered. The caller owns the mutex.
    void unlock();

  private:
    bool enter_again(const Task& self);

    Semaphore free_{1};
    std::atomic<const Task*> owner_{nullptr};
    std::uint32_t depth_ = 0; // the owner's
};

} // namespace hermit::sched
