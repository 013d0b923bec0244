// Exceptions and the pthread functions: std::call_once and pthread_once that throw, clean-up
// handlers that an exception passes.
#include "../libc/check.h"

#include <mutex>
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

void call_once_that_throws() {
    std::once_flag flag;
    int calls = 0;
    int caught = 0;
    for (int i = 0; i < 4; ++i) {
        try {
            std::call_once(flag, [&] {
                if (++calls < 3) {
                    throw std::runtime_error("not yet");
                }
            });
        } catch (const std::runtime_error&) {
            ++caught;
        }
    }
    CHECK_EQUAL(calls, 3);
    CHECK_EQUAL(caught, 2);
}

/// Each thread but the last one fails; those who wait go on one after another.
void call_once_by_many() {
    constexpr int kThreads = 8;
    std::once_flag flag;
    std::atomic<int> calls{0};
    std::atomic<int> caught{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            try {
                std::call_once(flag, [&] {
                    std::this_thread::yield();
                    if (++calls < kThreads / 2) {
                        throw 1;
                    }
                });
            } catch (int) {
                ++caught;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK_EQUAL(calls, kThreads / 2);
    CHECK_EQUAL(caught, kThreads / 2 - 1);
}

pthread_once_t once = PTHREAD_ONCE_INIT;
int once_calls;
void throw_at_first() {
    if (++once_calls == 1) {
        throw std::string("first");
    }
}
void pthread_once_that_throws() {
    bool caught = false;
    try {
        pthread_once(&once, throw_at_first);
    } catch (const std::string& text) {
        caught = text == "first";
    }
    CHECK(caught);
    CHECK_EQUAL(pthread_once(&once, throw_at_first), 0);
    CHECK_EQUAL(pthread_once(&once, throw_at_first), 0);
    CHECK_EQUAL(once_calls, 2);
}

std::string story;
void tell(void* word) { story += static_cast<const char*>(word); }
void throw_between(bool thrown) {
    char outer[] = "o";
    char inner[] = "i";
    pthread_cleanup_push(tell, outer);
    pthread_cleanup_push(tell, inner);
    if (thrown) {
        throw 5;
    }
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(1);
}
void* end_after_exception(void*) {
    char last[] = "e";
    pthread_cleanup_push(tell, last);
    try {
        throw_between(true);
    } catch (int) {
        story += "c";
    }
    throw_between(false);
    pthread_exit(nullptr); // runs none of the handlers that the exception left
    pthread_cleanup_pop(0);
    return nullptr;
}
void handlers_that_an_exception_passes() {
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, nullptr, end_after_exception, nullptr), 0);
    CHECK_EQUAL(pthread_join(thread, nullptr), 0);
    if (story != "iocoe") {
        printf("handlers: %s\n", story.c_str());
        exit(1);
    }
}

} // namespace

int main() {
    call_once_that_throws();
    call_once_by_many();
    pthread_once_that_throws();
    handlers_that_an_exception_passes();
    puts("ok");
    return 0;
}
