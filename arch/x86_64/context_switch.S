// The switch between tasks. Offsets are those of Context in arch/context.hpp, asserted in context.cpp.

.set kStackPointer, 0
.set kThreadPointer, 8
.set kX87Flags, 0x7F // exceptions and stack fault in the status word's low byte

.section .text, "ax", @progbits

// void hermit_switch_context(Context* from, Context* to)
.balign 16
.globl hermit_switch_context
.type hermit_switch_context, @function
hermit_switch_context:
    .cfi_startproc
    fnstsw %ax
    testb $kX87Flags, %al
    jnz 3f
0:  pushq %rbp
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

// Continues the context in rsi; nothing of the old one is needed any more. The other end of
// SwitchFrame in context.cpp.
.globl hermit_resume_context
hermit_resume_context:
    movq kThreadPointer(%rsi), %rax
    movq kStackPointer(%rsi), %rsp
    cmpb $0, hermit_switch_is_plain(%rip)
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
2:  incq %gs:hermit_switches(%rip)
    cmpb $0, hermit_has_fsgsbase(%rip)
    je 4f
    wrfsbase %rax
    jmp 1b
4:  movq %rax, %rdx
    shrq $32, %rdx
    movl $0xC0000100, %ecx // IA32_FS_BASE
    wrmsr
    jmp 1b
// Flags are raised, which the next task must not see: its exceptions may be unmasked. They come back
// when this one returns.
3:  fnclex
    andl $kX87Flags, %eax
    pushq %rax
    pushq $hermit_restore_x87_flags
    jmp 0b
.size hermit_switch_context, . - hermit_switch_context

// A resumed task comes by here if it left with x87 flags raised; they are on top of its stack, above
// them the address to return to.
.balign 16
    nop // belongs to the function for those who look up the address before a return address
.globl hermit_restore_x87_flags
.type hermit_restore_x87_flags, @function
hermit_restore_x87_flags:
    .cfi_startproc
    .cfi_adjust_cfa_offset 8
    popq %rax
    .cfi_adjust_cfa_offset -8
    subq $32, %rsp
    .cfi_adjust_cfa_offset 32
    fnstenv (%rsp) // 28 bytes, the status word at 4
    orw %ax, 4(%rsp)
    fldenv (%rsp)
    addq $32, %rsp
    .cfi_adjust_cfa_offset -32
    ret
    .cfi_endproc
.size hermit_restore_x87_flags, . - hermit_restore_x87_flags

// Where a resumed task comes by that was preempted: rbx is its Context. The old stack may be gone,
// so finish the switch on this core's interrupt stack: it is free, as interrupts are off and a frame
// that lay there was copied away.
.balign 16
.globl hermit_resume_preempted
.type hermit_resume_preempted, @function
hermit_resume_preempted:
    movq %gs:hermit_interrupt_stack_top(%rip), %rsp
    call hermit_on_switched
    movq %rbx, %rdi
    call hermit_restore_preempted // returns the frame to go on with
    movq %rax, %rsp
    jmp hermit_restore_frame
.size hermit_resume_preempted, . - hermit_resume_preempted

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
