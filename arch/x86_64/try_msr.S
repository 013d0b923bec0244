// Accesses to model-specific registers that may fault. The handler of the fault knows the two
// instructions by their labels and continues at hermit_msr_is_missing; neither function has moved
// the stack pointer by then.

.section .text, "ax", @progbits

// bool hermit_try_read_msr(std::uint32_t index, std::uint64_t* value)
.globl hermit_try_read_msr
.type hermit_try_read_msr, @function
hermit_try_read_msr:
    .cfi_startproc
    movl %edi, %ecx
.globl hermit_try_rdmsr
hermit_try_rdmsr:
    rdmsr
    movl %eax, (%rsi)
    movl %edx, 4(%rsi)
    movl $1, %eax
    ret
    .cfi_endproc
.size hermit_try_read_msr, . - hermit_try_read_msr

// bool hermit_try_write_msr(std::uint32_t index, std::uint64_t value)
.globl hermit_try_write_msr
.type hermit_try_write_msr, @function
hermit_try_write_msr:
    .cfi_startproc
    movl %edi, %ecx
    movl %esi, %eax
    movq %rsi, %rdx
    shrq $32, %rdx
.globl hermit_try_wrmsr
hermit_try_wrmsr:
    wrmsr
    movl $1, %eax
    ret
.globl hermit_msr_is_missing
hermit_msr_is_missing:
    xorl %eax, %eax
    ret
    .cfi_endproc
.size hermit_try_write_msr, . - hermit_try_write_msr

.section .note.GNU-stack, "", @progbits
