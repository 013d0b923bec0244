#include "threads/keys.hpp"

#include <cerrno>
#include <limits.h>

namespace hermit::glue {
namespace {

/// A key. Odd generations are in use; creating and deleting it each add one, so that values of an
/// earlier use are recognised without visiting all threads.
struct Key {
    std::atomic<std::uint32_t> generation{0};
    void (*destructor)(void*) = nullptr;
};
constinit Key keys[kMaxKeys];

bool in_use(std::uint32_t generation) { return (generation & 1) != 0; }

} // namespace

void run_key_destructors(Thread& thread) {
    bool again = true;
    for (int round = 0; again && round < PTHREAD_DESTRUCTOR_ITERATIONS; ++round) {
        again = false;
        for (unsigned index = 0; index < thread.used_keys; ++index) {
            KeyValue& slot = thread.keys[index];
            void* const value = slot.value;
            // A value implies that the thread got the key from whoever created it, destructor
            // included, so no order is needed here.
            if (value == nullptr ||
                slot.generation != keys[index].generation.load(std::memory_order_relaxed)) {
                continue;
            }
            slot.value = nullptr;
            if (void (*const destructor)(void*) = keys[index].destructor; destructor != nullptr) {
                again = true;
                destructor(value);
            }
        }
    }
}

} // namespace hermit::glue

using namespace hermit::glue;

extern "C" {

[[gnu::weak]] int pthread_key_create(pthread_key_t* key, void (*destructor)(void*)) {
    for (unsigned index = 0; index < kMaxKeys; ++index) {
        std::uint32_t generation = keys[index].generation.load(std::memory_order_relaxed);
        if (!in_use(generation) && keys[index].generation.compare_exchange_strong(
                                       generation, generation + 1, std::memory_order_acq_rel)) {
            keys[index].destructor = destructor;
            *key = index;
            return 0;
        }
    }
    return EAGAIN;
}

[[gnu::weak]] int pthread_key_delete(pthread_key_t key) {
    if (key >= kMaxKeys) {
        return EINVAL;
    }
    std::uint32_t generation = keys[key].generation.load(std::memory_order_relaxed);
    return in_use(generation) && keys[key].generation.compare_exchange_strong(
                                     generation, generation + 1, std::memory_order_acq_rel)
               ? 0
               : EINVAL;
}

[[gnu::weak]] void* pthread_getspecific(pthread_key_t key) {
    const Thread& thread = current_thread();
    if (key >= thread.used_keys ||
        thread.keys[key].generation != keys[key].generation.load(std::memory_order_relaxed)) {
        return nullptr;
    }
    return thread.keys[key].value;
}

[[gnu::weak]] int pthread_setspecific(pthread_key_t key, const void* value) {
    if (key >= kMaxKeys) {
        return EINVAL;
    }
    const std::uint32_t generation = keys[key].generation.load(std::memory_order_relaxed);
    if (!in_use(generation)) {
        return EINVAL;
    }
    Thread& thread = current_thread();
    while (thread.used_keys <= key) {
        thread.keys[thread.used_keys++] = {nullptr, 0};
    }
    thread.keys[key] = {const_cast<void*>(value), generation};
    return 0;
}

} // extern "C"
