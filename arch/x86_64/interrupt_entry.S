// Entry stubs of all 256 vectors. Every vector runs on an interrupt stack of its own core, so the
// red zone below the interrupted stack pointer stays untouched.

.altmacro
.section .text, "ax", @progbits

// One stub per vector, 16 bytes apart. The processor pushes an error code for some exceptions; the
// others get a zero, so that all frames look alike. [intel/vol3] §6.13.
.macro stub vector
    .balign 16
    .if (\vector == 8) || ((\vector >= 10) && (\vector <= 14)) || (\vector == 17) || (\vector == 21) || (\vector == 29) || (\vector == 30)
    .else
        pushq $0
    .endif
    pushq $\vector
    jmp interrupt_common
.endm

.balign 16
.globl hermit_interrupt_stubs
.type hermit_interrupt_stubs, @function
hermit_interrupt_stubs:
    .set number, 0
    .rept 256
        stub %number
        .set number, number + 1
    .endr
.size hermit_interrupt_stubs, . - hermit_interrupt_stubs

// The interrupted registers lie in the frame, its stack pointer among them: the canonical frame
// address is what the frame's rsp field holds. Offsets are InterruptFrame's.
.macro restored register, low, high
    .cfi_escape 0x10, \register, 3, 0x77, \low, \high // DW_CFA_expression: at rsp + offset
.endm
.macro describe_frame
    .cfi_escape 0x0f, 4, 0x77, 0xa0, 0x01, 0x06 // CFA = *(rsp + 160)
    restored 15, 0x80, 0x00 // r15 at 0
    restored 14, 0x88, 0x00
    restored 13, 0x90, 0x00
    restored 12, 0x98, 0x00
    restored 11, 0xa0, 0x00
    restored 10, 0xa8, 0x00
    restored 9, 0xb0, 0x00
    restored 8, 0xb8, 0x00
    restored 6, 0xc0, 0x00 // rbp at 64
    restored 5, 0xc8, 0x00 // rdi
    restored 4, 0xd0, 0x00 // rsi
    restored 1, 0xd8, 0x00 // rdx
    restored 2, 0xe0, 0x00 // rcx
    restored 3, 0xe8, 0x00 // rbx
    restored 0, 0xf0, 0x00 // rax at 112
    restored 16, 0x88, 0x01 // rip at 136
.endm

.type interrupt_common, @function
interrupt_common:
    .cfi_startproc
    .cfi_signal_frame
    pushq %rax
    pushq %rbx
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %rbp
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    describe_frame
    cld
    movq %rsp, %rdi
    call hermit_interrupt_dispatch // returns from in rax, to in rdx
    testq %rdx, %rdx
    jnz 1f
.globl hermit_restore_frame
hermit_restore_frame: // rsp points to an InterruptFrame
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rbp
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rbx
    popq %rax
    addq $16, %rsp // vector, error code
    iretq
1:  // Leave the interrupted task for another one: save it whole, then continue the other.
    movq %rdx, %rbx
    movq %rax, %rdi
    movq %rsp, %rsi
    call hermit_save_preempted // (from, frame)
    movq %rbx, %rsi
    jmp hermit_resume_context
    .cfi_endproc
.size interrupt_common, . - interrupt_common

.section .note.GNU-stack, "", @progbits
