// Entry stubs of all 256 vectors. Every vector runs on an interrupt stack of its own core, so the
// red zone below the interrupted stack pointer stays untouched.

.section .text, "ax", @progbits

// A non-maskable interrupt may come at any instruction of these, and its backtrace goes on to what
// was interrupted: call frame information describes every one of them. The interrupted registers
// lie in the frame, the stack pointer among them: the canonical frame address is what its rsp field
// holds, three words above its rip field.

// The frame's rip field is `depth` bytes above rsp. Two bytes for each offset, so that the lengths
// are the same for all.
.macro described_at depth
    .cfi_escape 0x0f, 4, 0x77, ((\depth + 24) & 0x7f) | 0x80, (\depth + 24) >> 7, 0x06
    .cfi_escape 0x10, 16, 3, 0x77, (\depth & 0x7f) | 0x80, \depth >> 7
.endm

// In stubs the depth follows from how far the stub is done, so that one description does for many:
// words pushed = (rip mod 16 >= 2, unless there is an error code) + (rip mod 16 >= 7).
.macro described_by_place error_code
    .cfi_startproc
    .cfi_signal_frame
    .if \error_code
        .cfi_escape 0x0f, 12, 0x80, 0, 0x3f, 0x1a, 0x37, 0x2a, 0x33, 0x24, 0x77, 32, 0x22, 0x06
        .cfi_escape 0x10, 16, 11, 0x80, 0, 0x3f, 0x1a, 0x37, 0x2a, 0x33, 0x24, 0x77, 8, 0x22
    .else
        .cfi_escape 0x0f, 17, 0x80, 0, 0x3f, 0x1a, 0x12, 0x32, 0x2a, 0x16, 0x37, 0x2a, 0x22, 0x33, 0x24, 0x77, 24, 0x22, 0x06
        .cfi_escape 0x10, 16, 16, 0x80, 0, 0x3f, 0x1a, 0x12, 0x32, 0x2a, 0x16, 0x37, 0x2a, 0x22, 0x33, 0x24, 0x77, 0, 0x22
    .endif
.endm

// One stub per vector, 16 bytes apart, each instruction at the same place in all. The processor
// pushes an error code for some exceptions; the others get a zero, so that all frames look alike.
// [intel/vol3] §6.13.
.macro stubs first, last, error_code
    described_by_place \error_code
    .set number, \first
    .rept \last - \first + 1
        .balign 16
        .if \error_code
            .byte 0x66, 0x90 // nop
        .else
            pushq $0
        .endif
        .byte 0x68 // pushq
        .long number
        jmp interrupt_common
        .set number, number + 1
    .endr
    .balign 16
    .cfi_endproc
.endm

.balign 16
.globl hermit_interrupt_stubs
.type hermit_interrupt_stubs, @function
hermit_interrupt_stubs:
    stubs 0, 7, 0
    stubs 8, 8, 1
    stubs 9, 9, 0
    stubs 10, 14, 1
    stubs 15, 16, 0
    stubs 17, 17, 1
    stubs 18, 20, 0
    stubs 21, 21, 1
    stubs 22, 28, 0
    stubs 29, 30, 1
    stubs 31, 255, 0
.size hermit_interrupt_stubs, . - hermit_interrupt_stubs

// `depth`: of the rip field after the instruction, in words.
.macro save register, depth
    pushq \register
    described_at (8*\depth)
.endm
// A register by its DWARF number, so many words above rsp.
.macro saved_at number, words
    .cfi_escape 0x10, \number, 3, 0x77, ((8 * \words) & 0x7f) | 0x80, (8 * \words) >> 7
.endm

.type interrupt_common, @function
interrupt_common:
    .cfi_startproc
    .cfi_signal_frame
    described_at 16 // above vector and error code
    save %rax, 3
    save %rbx, 4
    save %rcx, 5
    save %rdx, 6
    save %rsi, 7
    save %rdi, 8
    save %rbp, 9
    save %r8, 10
    save %r9, 11
    save %r10, 12
    save %r11, 13
    save %r12, 14
    save %r13, 15
    save %r14, 16
    save %r15, 17
    saved_at 15, 0
    saved_at 14, 1
    saved_at 13, 2
    saved_at 12, 3
    saved_at 11, 4
    saved_at 10, 5
    saved_at 9, 6
    saved_at 8, 7
    saved_at 6, 8
    saved_at 5, 9
    saved_at 4, 10
    saved_at 1, 11
    saved_at 2, 12
    saved_at 3, 13
    saved_at 0, 14
    .cfi_remember_state
    cld
    movq %rsp, %rdi
    call hermit_interrupt_dispatch // returns from in rax, to in rdx
    testq %rdx, %rdx
    jnz 1f
.globl hermit_restore_frame
hermit_restore_frame: // rsp points to an InterruptFrame
    // Not by pops: while rsp stands still, what has been said of the frame stays true.
    movq 0(%rsp), %r15
    movq 8(%rsp), %r14
    movq 16(%rsp), %r13
    movq 24(%rsp), %r12
    movq 32(%rsp), %r11
    movq 40(%rsp), %r10
    movq 48(%rsp), %r9
    movq 56(%rsp), %r8
    movq 64(%rsp), %rbp
    movq 72(%rsp), %rdi
    movq 80(%rsp), %rsi
    movq 88(%rsp), %rdx
    movq 96(%rsp), %rcx
    movq 104(%rsp), %rbx
    movq 112(%rsp), %rax
    addq $136, %rsp
    .cfi_same_value rax
    .cfi_same_value rbx
    .cfi_same_value rcx
    .cfi_same_value rdx
    .cfi_same_value rsi
    .cfi_same_value rdi
    .cfi_same_value rbp
    .cfi_same_value r8
    .cfi_same_value r9
    .cfi_same_value r10
    .cfi_same_value r11
    .cfi_same_value r12
    .cfi_same_value r13
    .cfi_same_value r14
    .cfi_same_value r15
    described_at 0
    iretq
1:  // Leave the interrupted task for another one: save it whole, then continue the other.
    .cfi_restore_state
    movq %rdx, %rbx
    movq %rax, %rdi
    movq %rsp, %rsi
    call hermit_save_preempted // (from, frame)
    movq %rbx, %rsi
    jmp hermit_resume_context
    .cfi_endproc
.size interrupt_common, . - interrupt_common

.section .note.GNU-stack, "", @progbits
