#pragma once

#include <unwind/registers.hpp>

namespace hermit::unwind {

/// The registers at this very point of the calling function, for a backtrace from here.
///
/// One assembly statement, so that the values agree with each other and with the call frame
/// information at the captured RIP; always inlined, because a callee's frame would be gone on
/// return.
[[gnu::always_inline]] inline void capture(Registers& out) {
    asm volatile("movq %%rax, 0(%0)\n\t"
                 "movq %%rdx, 8(%0)\n\t"
                 "movq %%rcx, 16(%0)\n\t"
                 "movq %%rbx, 24(%0)\n\t"
                 "movq %%rsi, 32(%0)\n\t"
                 "movq %%rdi, 40(%0)\n\t"
                 "movq %%rbp, 48(%0)\n\t"
                 "movq %%rsp, 56(%0)\n\t"
                 "movq %%r8, 64(%0)\n\t"
                 "movq %%r9, 72(%0)\n\t"
                 "movq %%r10, 80(%0)\n\t"
                 "movq %%r11, 88(%0)\n\t"
                 "movq %%r12, 96(%0)\n\t"
                 "movq %%r13, 104(%0)\n\t"
                 "movq %%r14, 112(%0)\n\t"
                 "movq %%r15, 120(%0)\n\t"
                 "leaq 0f(%%rip), %%rax\n"
                 "0:\tmovq %%rax, 128(%0)"
                 :
                 : "r"(&out)
                 : "rax", "memory");
}

static_assert(sizeof(Registers) == 17 * 8, "the assembly above stores by these offsets");

} // namespace hermit::unwind
