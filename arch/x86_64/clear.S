// Clearing of large pieces of memory, by itself and in the middle of a page fault.

.section .text, "ax", @progbits

// Zeroes rsi bytes, a multiple of 64, from rdi on. Uses rax, rcx, rsi, rdi and no stack. Processors
// with fast string operations write whole cache lines without reading them first; others do so with
// stores that pass the caches by.
.macro clear_memory
    xorl %eax, %eax
    cmpb $0, hermit_has_fast_strings(%rip)
    je 2f
    movq %rsi, %rcx
    shrq $3, %rcx
    rep stosq
    jmp 3f
    .balign 16
2:  movnti %rax, (%rdi)
    movnti %rax, 8(%rdi)
    movnti %rax, 16(%rdi)
    movnti %rax, 24(%rdi)
    movnti %rax, 32(%rdi)
    movnti %rax, 40(%rdi)
    movnti %rax, 48(%rdi)
    movnti %rax, 56(%rdi)
    addq $64, %rdi
    subq $64, %rsi
    jnz 2b
    sfence // such stores are not ordered with the one that will publish the memory
3:
.endm

// void hermit_clear_large(void* start, uint64_t bytes)
.balign 16
.globl hermit_clear_large
.type hermit_clear_large, @function
hermit_clear_large:
    .cfi_startproc
    clear_memory
    ret
    .cfi_endproc
.size hermit_clear_large, . - hermit_clear_large

// [[noreturn]] void hermit_clear_and_resume(void* start, uint64_t bytes, PreemptionArea* area)
// Called on the page-fault stack, which belongs to the core: from where interrupts are on, another
// task may run here and fault in its turn, so nothing is kept on a stack. Interrupts bring their
// own, and save the registers of this task. It may come back on another core.
.balign 16
.globl hermit_clear_and_resume
.type hermit_clear_and_resume, @function
hermit_clear_and_resume:
    .cfi_startproc
    .cfi_undefined rip
    movq %rdx, %rbx
    sti
    clear_memory
    cli
    movq %gs:hermit_interrupt_stack_top(%rip), %rsp // free, as interrupts are off
    movq %rbx, %rdi
    call hermit_finish_clear // returns the frame of the fault
    movq %rax, %rsp
    jmp hermit_restore_frame
    .cfi_endproc
.size hermit_clear_and_resume, . - hermit_clear_and_resume

.section .note.GNU-stack, "", @progbits
