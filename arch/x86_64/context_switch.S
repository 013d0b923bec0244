// The switch between tasks. Offsets are those of Context in arch/context.hpp, asserted in context.cpp.

.set kStackPointer, 0
.set kThreadPointer, 8
.set kArea, 16
.set kPreempted, 24

.section .text, "ax", @progbits

// void hermit_switch_context(Context* from, Context* to)
.balign 16
.globl hermit_switch_context
.type hermit_switch_context, @function
hermit_switch_context:
    .cfi_startproc
    pushq %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbp, 0
    pushq %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbx, 0
    pushq %r12
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r12, 0
    pushq %r13
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r13, 0
    pushq %r14
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r14, 0
    pushq %r15
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r15, 0
    subq $8, %rsp
    .cfi_adjust_cfa_offset 8
    stmxcsr (%rsp)
    fnstcw 4(%rsp)
    movq %rsp, kStackPointer(%rdi)

// Continues the context in rsi; nothing of the old one is needed any more.
.globl hermit_resume_context
hermit_resume_context:
    cmpb $0, kPreempted(%rsi)
    jne resume_preempted
    movq kThreadPointer(%rsi), %rax
    movq kStackPointer(%rsi), %rsp
    cmpb $0, hermit_has_fsgsbase(%rip)
    je 2f
    wrfsbase %rax
1:  ldmxcsr (%rsp)
    fldcw 4(%rsp)
    addq $8, %rsp
    .cfi_adjust_cfa_offset -8
    popq %r15
    .cfi_adjust_cfa_offset -8
    .cfi_restore r15
    popq %r14
    .cfi_adjust_cfa_offset -8
    .cfi_restore r14
    popq %r13
    .cfi_adjust_cfa_offset -8
    .cfi_restore r13
    popq %r12
    .cfi_adjust_cfa_offset -8
    .cfi_restore r12
    popq %rbx
    .cfi_adjust_cfa_offset -8
    .cfi_restore rbx
    popq %rbp
    .cfi_adjust_cfa_offset -8
    .cfi_restore rbp
    ret
    .cfi_endproc
2:  movq %rax, %rdx
    shrq $32, %rdx
    movl $0xC0000100, %ecx // IA32_FS_BASE
    wrmsr
    jmp 1b

// The old stack may be gone, so finish the switch on this core's interrupt stack: it is free, as
// interrupts are off and a frame that lay there was copied away.
resume_preempted:
    movq %rsi, %rbx
    movq %gs:hermit_interrupt_stack_top(%rip), %rsp
    call hermit_on_switched
    movq %rbx, %rdi
    call hermit_restore_preempted // returns the frame to go on with
    movq %rax, %rsp
    jmp hermit_restore_frame
.size hermit_switch_context, . - hermit_switch_context

// Where a new task starts: r12 is its entry function, r13 the argument.
.balign 16
.globl hermit_task_start
.type hermit_task_start, @function
hermit_task_start:
    .cfi_startproc
    .cfi_undefined rip // the end of every backtrace
    call hermit_on_switched
    sti
    movq %r13, %rdi
    xorl %ebp, %ebp
    call *%r12
    ud2
    .cfi_endproc
.size hermit_task_start, . - hermit_task_start

.section .note.GNU-stack, "", @progbits
