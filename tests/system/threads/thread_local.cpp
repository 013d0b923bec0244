// Thread-local objects: aligned to 16, 64 and 4096 bytes in every thread, initialised, separate,
// destroyed at the thread's end.
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <vector>

namespace {

std::atomic<int> destroyed{0};

struct Counted {
    int value = 7;
    ~Counted() { ++destroyed; }
};

thread_local char small = 's';
alignas(16) thread_local char aligned16[16] = {'a'};
alignas(64) thread_local char aligned64[64] = {'b'};
alignas(4096) thread_local char aligned4096[4096] = {'c'};
thread_local int zeroed[100];
thread_local Counted counted;

bool aligned(const void* address, std::uintptr_t alignment) {
    return reinterpret_cast<std::uintptr_t>(address) % alignment == 0;
}

bool check(int thread) {
    const bool placed =
        aligned(aligned16, 16) && aligned(aligned64, 64) && aligned(aligned4096, 4096);
    bool fresh = small == 's' && aligned16[0] == 'a' && aligned64[0] == 'b' &&
                 aligned4096[0] == 'c' && aligned4096[4095] == 0 && counted.value == 7;
    for (const int number : zeroed) {
        fresh = fresh && number == 0;
    }
    zeroed[50] = thread;
    small = aligned4096[4095] = static_cast<char>(thread);
    counted.value = thread;
    for (int i = 0; i < 100; ++i) {
        std::this_thread::yield();
    }
    const bool kept = zeroed[50] == thread && small == static_cast<char>(thread) &&
                      counted.value == thread && aligned4096[4095] == static_cast<char>(thread);
    if (!placed || !fresh || !kept) {
        std::printf("thread %d: aligned %d, fresh %d, kept %d\n", thread, placed, fresh, kept);
    }
    return placed && fresh && kept;
}

} // namespace

int main() {
    std::atomic<int> good{0};
    constexpr int kThreads = 8;
    for (int round = 0; round < 10; ++round) {
        std::vector<std::thread> threads;
        for (int thread = 0; thread < kThreads; ++thread) {
            threads.emplace_back([&good, thread] { good += check(thread) ? 1 : 0; });
        }
        for (auto& thread : threads) {
            thread.join();
        }
    }
    const bool main_good = check(100);
    std::printf("good %d, destroyed %d\n", good.load(), destroyed.load());
    return good == 10 * kThreads && destroyed == 10 * kThreads && main_good ? 0 : 1;
}
