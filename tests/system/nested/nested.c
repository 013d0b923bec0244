/* Pointers to nested functions, called here, by the C library and by another thread: the code GCC
   writes to the stack for them is carried out although no stack is executable. */
#include "../libc/check.h"

#include <pthread.h>
#include <stdlib.h>

static int call(int (*function)(int), int argument) { return function(argument); }

static void* call_in_thread(void* function) { return (void*)(long)call((int (*)(int))function, 5); }

int main(void) {
    int offset = 100, calls = 0;
    int add(int value) {
        ++calls;
        return value + offset;
    }
    CHECK(call(add, 1) == 101);
    offset = 200;
    CHECK(call(add, 1) == 201);

    int sign = -1;
    int order(const void* left, const void* right) {
        ++calls;
        return sign * (*(const int*)left - *(const int*)right);
    }
    int numbers[50];
    for (int i = 0; i < 50; ++i) {
        numbers[i] = i * 37 % 50;
    }
    qsort(numbers, 50, sizeof numbers[0], order);
    for (int i = 0; i < 50; ++i) {
        CHECK(numbers[i] == 49 - i);
    }

    pthread_t thread;
    void* result;
    CHECK(pthread_create(&thread, NULL, call_in_thread, (void*)add) == 0);
    CHECK(pthread_join(thread, &result) == 0);
    CHECK((long)result == 205);
    CHECK(calls > 52);
    puts("ok");
    return 0;
}
