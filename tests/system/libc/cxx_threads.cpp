// C++ threads: exceptions across frames in several threads at once, thread_local objects with
// constructors, destructors and large alignment, call_once, futures, shared mutexes, atomic waits.
#include "check.h"

#include <atomic>
#include <barrier>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kThreads = 4;

template <class Function>
void in_threads(Function function) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back(function, i);
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

[[gnu::noinline]] int fall(int depth, std::string text) {
    if (depth == 0) {
        throw std::runtime_error{text};
    }
    return fall(depth - 1, text + "x") + 1; // the string's destructor runs on the way out
}

void exceptions_cross_frames() {
    std::atomic<int> caught{0};
    in_threads([&caught](int) {
        for (int i = 0; i < 200; ++i) {
            try {
                fall(i % 20, "");
            } catch (const std::runtime_error& error) {
                CHECK_EQUAL(std::string{error.what()}.size(), i % 20);
                ++caught;
            }
        }
    });
    CHECK_EQUAL(caught, kThreads * 200);
}

template <std::size_t kAlignment>
struct alignas(kAlignment) Aligned {
    char data[kAlignment];
};
thread_local Aligned<16> aligned_16;
thread_local Aligned<64> aligned_64{{1, 2, 3}};
thread_local Aligned<4096> aligned_4096;

void thread_local_objects_are_aligned() {
    const auto check = [](int) {
        CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(&aligned_16) % 16, 0);
        CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(&aligned_64) % 64, 0);
        CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(&aligned_4096) % 4096, 0);
        CHECK_EQUAL(aligned_64.data[2], 3);
        aligned_64.data[2] = 0; // the next thread in this memory has its own value
        for (char& byte : aligned_4096.data) {
            CHECK_EQUAL(byte, 0);
            byte = 1;
        }
    };
    for (int round = 0; round < 4; ++round) {
        in_threads(check);
    }
    check(0);
}

std::atomic<int> constructed{0};
std::atomic<int> destroyed{0};
struct Counted {
    Counted() { ++constructed; }
    ~Counted() { ++destroyed; }
    int value = 7;
};
thread_local Counted counted;

// Made before main, so that it goes after main's thread_local objects.
struct EndOfProgram {
    ~EndOfProgram() {
        if (destroyed == constructed) {
            std::puts("ok");
            std::fflush(stdout);
        } else {
            std::puts("main's thread_local object was not destroyed");
            std::fflush(stdout);
            std::_Exit(1);
        }
    }
} end_of_program;

void thread_local_objects_live_as_long_as_their_thread() {
    in_threads([](int) { CHECK_EQUAL(counted.value, 7); });
    CHECK_EQUAL(constructed, kThreads);
    CHECK_EQUAL(destroyed, kThreads);
    CHECK_EQUAL(counted.value, 7); // main's: destroyed at exit
}

void call_once_survives_an_exception() {
    std::once_flag flag;
    std::atomic<int> calls{0};
    in_threads([&](int) {
        try {
            std::call_once(flag, [&] {
                if (++calls == 1) {
                    throw 1;
                }
            });
        } catch (int) {
        }
        std::call_once(flag, [&] { ++calls; });
    });
    CHECK_EQUAL(calls, 2);
}

void futures_deliver() {
    auto sum = std::async(std::launch::async, [] { return 40 + 2; });
    auto failure = std::async(std::launch::async, []() -> int { throw std::logic_error{"no"}; });
    CHECK_EQUAL(sum.get(), 42);
    bool thrown = false;
    try {
        failure.get();
    } catch (const std::logic_error&) {
        thrown = true;
    }
    CHECK(thrown);
}

void locks_exclude() {
    std::shared_mutex shared;
    std::mutex mutex;
    std::condition_variable_any ready;
    long left = 0;
    long right = 0;
    in_threads([&](int me) {
        for (int i = 0; i < 1000; ++i) {
            if ((i + me) % 4 == 0) {
                const std::unique_lock guard{shared};
                ++left;
                ++right;
            } else {
                const std::shared_lock guard{shared};
                CHECK_EQUAL(left, right);
            }
        }
    });
    CHECK_EQUAL(left, kThreads * 1000 / 4);
    std::unique_lock guard{mutex};
    CHECK(!ready.wait_for(guard, std::chrono::milliseconds{5}, [] { return false; }));
    std::timed_mutex timed;
    timed.lock();
    in_threads([&](int) { CHECK(!timed.try_lock_for(std::chrono::milliseconds{2})); });
    timed.unlock();
}

void waits_end() {
    std::atomic<int> value{0};
    std::latch latch{kThreads};
    std::barrier barrier{kThreads};
    std::counting_semaphore<kThreads> semaphore{0};
    std::thread setter{[&] {
        latch.wait();
        semaphore.release(kThreads);
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
        value = 1;
        value.notify_all();
    }};
    in_threads([&](int) {
        latch.count_down();
        semaphore.acquire();
        value.wait(0);
        CHECK_EQUAL(value, 1);
        barrier.arrive_and_wait();
    });
    setter.join();
}

} // namespace

int main() {
    exceptions_cross_frames();
    thread_local_objects_are_aligned();
    thread_local_objects_live_as_long_as_their_thread();
    call_once_survives_an_exception();
    futures_deliver();
    locks_exclude();
    waits_end();
    return 0; // EndOfProgram has the last word
}
