// Spends known numbers of instructions in known functions, so that a profile can be checked.
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <x86intrin.h>

namespace {

constexpr std::uint64_t kMillion = 1'000'000;

/// Two instructions for each of `rounds`, in the function that calls it.
[[gnu::always_inline]] inline void spend(std::uint64_t rounds) {
    asm volatile("1: dec %0\n\tjnz 1b" : "+r"(rounds) : : "cc");
}

} // namespace

// Not in the anonymous namespace: the test names these.
namespace work {

[[gnu::noinline]] void light() { spend(kMillion); }

[[gnu::noinline]] void heavy() { spend(3 * kMillion); }

[[gnu::noinline]] int recurse(int depth) {
    const int below = depth == 0 ? 0 : recurse(depth - 1);
    spend(1000); // after the call, or the compiler would make a loop of it
    return below + 1;
}

[[gnu::noinline]] void give_way() {
    for (int i = 0; i < 10'000; ++i) {
        sched_yield();
    }
}

/// Faults in four pages of 2 MiB.
[[gnu::noinline]] void touch() {
    constexpr std::size_t kPage = 2 << 20;
    void* const memory =
        mmap(nullptr, 5 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    const auto first = (reinterpret_cast<std::uintptr_t>(memory) + kPage - 1) & ~(kPage - 1);
    for (std::size_t i = 0; i < 4; ++i) {
        *reinterpret_cast<volatile char*>(first + i * kPage) = 1;
    }
}

std::jmp_buf back;

[[gnu::noinline]] void leap() {
    spend(kMillion);
    std::longjmp(back, 1);
}

[[gnu::noinline]] void land() {
    if (setjmp(back) == 0) {
        leap();
    }
    spend(2 * kMillion);
}

[[gnu::noinline]] void fail() {
    spend(kMillion);
    throw 7;
}

[[gnu::noinline]] void recover() {
    try {
        fail();
    } catch (int) {
        spend(2 * kMillion);
    }
}

[[gnu::noinline]] void* first_thread(void*) {
    spend(30 * kMillion);
    return nullptr;
}

[[gnu::noinline]] void* second_thread(void*) {
    spend(30 * kMillion);
    return nullptr;
}

[[gnu::noinline]] void share() {
    pthread_t threads[2];
    pthread_create(&threads[0], nullptr, first_thread, nullptr);
    pthread_create(&threads[1], nullptr, second_thread, nullptr);
    for (const pthread_t thread : threads) {
        pthread_join(thread, nullptr);
    }
}

} // namespace work

int main(int argc, char** argv) {
    using namespace work;
    if (argc > 1 && std::strcmp(argv[1], "threads") == 0) {
        share();
    } else {
        heavy();
        light();
        recurse(1000);
        give_way();
        touch();
        land();
        recover();
    }
    std::printf("%llu\n", static_cast<unsigned long long>(__rdtsc()));
    return 0;
}
