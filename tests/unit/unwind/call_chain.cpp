#include "call_chain.hpp"

#include <cstdint>

namespace hermit::unwind::test {

namespace {

using Action = void (*)(void*);

volatile uint64_t sink;

[[gnu::noinline]] void plain(Action action, void* argument) {
    action(argument);
    sink = sink + 1; // no tail call
}

[[gnu::noinline]] void aligned(Action action, void* argument) {
    alignas(128) volatile char buffer[256];
    buffer[0] = 1;
    plain(action, argument);
    sink = sink + static_cast<uint64_t>(buffer[0]);
}

[[gnu::noinline]] void variable(Action action, void* argument, unsigned size) {
    auto* buffer = static_cast<volatile char*>(__builtin_alloca(size));
    buffer[size - 1] = 1;
    aligned(action, argument);
    sink = sink + static_cast<uint64_t>(buffer[size - 1]);
}

[[gnu::noinline]] uint64_t many_registers(Action action, void* argument, uint64_t a, uint64_t b) {
    uint64_t c = sink, d = sink, e = sink, f = sink;
    variable(action, argument, static_cast<unsigned>(sink) + 333);
    sink = a + c;
    sink = b + d;
    return a * b + c * d + e * f;
}

struct Shape {
    virtual ~Shape() = default;
    virtual void call(Action action, void* argument) = 0;
};

struct Indirect final : Shape {
    [[gnu::noinline]] void call(Action action, void* argument) override {
        sink = many_registers(action, argument, sink + 3, sink + 5);
    }
};

} // namespace

void call_chain(Action action, void* argument) {
    Indirect indirect;
    Shape* volatile shape = &indirect;
    shape->call(action, argument);
    sink = sink + 1;
}

} // namespace hermit::unwind::test
