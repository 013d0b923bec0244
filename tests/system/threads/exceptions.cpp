// Exceptions that pass through frames with destructors, in four threads at once.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

std::atomic<long> destroyed{0};

struct Guard {
    ~Guard() { destroyed.fetch_add(1, std::memory_order_relaxed); }
};

[[gnu::noinline]] int dive(int depth, int value) {
    const Guard guard;
    if (depth == 0) {
        if (value % 3 == 0) {
            throw std::runtime_error("value " + std::to_string(value));
        }
        if (value % 3 == 1) {
            throw value;
        }
        return value;
    }
    return dive(depth - 1, value) + 1;
}

int failures_of(int thread, int rounds) {
    int failures = 0;
    for (int i = 0; i < rounds; ++i) {
        const int value = i * 4 + thread;
        try {
            if (dive(10, value) != value + 10 || value % 3 != 2) {
                ++failures;
            }
        } catch (const std::runtime_error& error) {
            failures += error.what() == "value " + std::to_string(value) ? 0 : 1;
        } catch (int caught) {
            failures += caught == value ? 0 : 1;
        }
    }
    return failures;
}

bool rethrown() {
    try {
        try {
            throw std::logic_error("inner");
        } catch (...) {
            std::throw_with_nested(std::runtime_error("outer"));
        }
    } catch (const std::exception& outer) {
        try {
            std::rethrow_if_nested(outer);
        } catch (const std::logic_error& inner) {
            return std::string{inner.what()} == "inner";
        }
    }
    return false;
}

} // namespace

int main() {
    constexpr int kRounds = 2000;
    constexpr int kThreads = 4;
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&failures, thread] { failures += failures_of(thread, kRounds); });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    const bool all_destroyed = destroyed == long{kThreads} * kRounds * 11;
    bool bad_alloc = false;
    try {
        volatile std::size_t huge = std::size_t{1} << 46;
        char* volatile block = new char[huge]; // volatile: the compiler may leave out the pair
        delete[] block;
    } catch (const std::bad_alloc&) {
        bad_alloc = true;
    }
    std::printf("failures %d, destructors %s, nested %s, bad_alloc %s\n", failures.load(),
                all_destroyed ? "all" : "missing", rethrown() ? "yes" : "no",
                bad_alloc ? "yes" : "no");
    return failures == 0 && all_destroyed && bad_alloc && rethrown() ? 0 : 1;
}
