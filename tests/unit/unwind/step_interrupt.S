// A processor's way into the kernel's interrupt entry and back, one instruction at a time, without
// privileges.

        .text

// void step_interrupt(std::uint64_t* frame, void* stub, std::uint64_t* stack)
// Fills the frame that a processor would push (rip, cs, rflags, rsp, ss) and enters the stub with
// rsp = stack and a trap after every instruction, until the stub returns by iretq.
        .globl step_interrupt
        .type step_interrupt, @function
step_interrupt:
        leaq    interrupted_place(%rip), %rax
        movq    %rax, (%rdi)
        movl    %cs, %eax
        movq    %rax, 8(%rdi)
        pushfq
        popq    16(%rdi)
        movq    %rsp, 24(%rdi)
        movl    %ss, %eax
        movq    %rax, 32(%rdi)
        movq    %rdx, %rsp
        pushfq
        orq     $0x100, (%rsp)
        popfq
        jmp     *%rsi
        .globl interrupted_place
interrupted_place:
        ret
        .size step_interrupt, . - step_interrupt

// What the entry jumps to in order to continue another task: here, the same one.
        .globl hermit_resume_context
        .type hermit_resume_context, @function
hermit_resume_context:
        movq    preempted_frame(%rip), %rsp
        jmp     hermit_restore_frame
        .size hermit_resume_context, . - hermit_resume_context

        .section .note.GNU-stack, "", @progbits
