// Breaks one of the kernel's rules, as its argument says, or keeps to all of them.
#include <mm/heap.hpp>
#include <sync/spin_lock.hpp>

#include <cstdio>
#include <cstring>

using hermit::LockRank;
using hermit::SpinGuard;
using hermit::SpinLock;
using hermit::mm::heap_allocate;
using hermit::mm::heap_free;

namespace {

constexpr std::size_t kSmall = 100;    // an object of a slab
constexpr std::size_t kLarge = 10'000; // three pages of its own

constinit SpinLock outer{LockRank::kThreads};
constinit SpinLock inner{LockRank::kDevice};
constinit SpinLock sibling{LockRank::kDevice};

/// The block must not be known to the compiler, which would warn.
char* block(std::size_t bytes) {
    void* volatile allocated = heap_allocate(bytes);
    return static_cast<char*>(allocated);
}

[[gnu::noinline]] void free_twice(std::size_t bytes) {
    char* volatile freed = block(bytes);
    heap_free(freed);
    heap_free(freed);
    asm volatile(""); // no tail call: it would not show in a backtrace
}

/// `past` 0: up to the last byte, which is allowed.
[[gnu::noinline]] void fill_and_free(std::size_t bytes, std::size_t past) {
    char* const filled = block(bytes);
    std::memset(filled, 1, bytes + past);
    heap_free(filled);
    asm volatile("");
}

[[gnu::noinline]] void take_both(SpinLock& first, SpinLock& second) {
    const SpinGuard guard{first};
    const SpinGuard other{second};
}

} // namespace

int main(int, char** argv) {
    std::printf("before\n");
    std::fflush(stdout);
    const char* const how = argv[1];
    if (std::strcmp(how, "small twice") == 0) {
        free_twice(kSmall);
    } else if (std::strcmp(how, "large twice") == 0) {
        free_twice(kLarge);
    } else if (std::strcmp(how, "small overrun") == 0) {
        fill_and_free(kSmall, 1);
    } else if (std::strcmp(how, "large overrun") == 0) {
        fill_and_free(kLarge, 1);
    } else if (std::strcmp(how, "inside") == 0) {
        heap_free(block(kSmall) + 8);
    } else if (std::strcmp(how, "lower rank") == 0) {
        take_both(inner, outer);
    } else if (std::strcmp(how, "same rank") == 0) {
        take_both(inner, sibling);
    } else if (std::strcmp(how, "not held") == 0) {
        outer.unlock();
    } else if (std::strcmp(how, "nothing") == 0) {
        fill_and_free(kSmall, 0);
        fill_and_free(kLarge, 0);
        take_both(outer, inner);
        take_both(outer, sibling);
    } else {
        return 2;
    }
    std::printf("after\n");
    return 0;
}
