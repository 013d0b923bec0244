// The initial thread's thread-local objects are destroyed before any handler of atexit runs and
// before static objects are, whether main returns or calls exit; other threads' at those threads'
// ends, before the destructors of keys.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <thread>

namespace {

struct Named {
    explicit Named(const char* text) : name{text} {}
    ~Named() { std::printf("%s\n", name); }
    const char* name;
};

Named global{"static object"};
thread_local Named first{"thread-local object"};

struct Later {
    ~Later();
};
thread_local Named made_late{"object made by a destructor"};
Later::~Later() {
    std::printf("destructor that makes another object\n");
    made_late.name = "object made by a destructor";
}
thread_local Later later;

void run_in_thread() {
    static pthread_key_t key;
    pthread_key_create(&key, [](void*) { std::printf("key\n"); });
    std::thread{[] {
        pthread_setspecific(key, &key);
        first.name = "thread's object";
    }}.join();
}

} // namespace

int main(int argc, char** argv) {
    first.name = "thread-local object";
    static_cast<void>(&later);
    const Later* volatile use = &later;
    static_cast<void>(use);
    run_in_thread();
    std::atexit([] { std::printf("handler\n"); });
    if (argc > 1 && std::strcmp(argv[1], "exit") == 0) {
        std::exit(0);
    }
    return 0;
}
