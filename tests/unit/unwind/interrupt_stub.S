// An interrupt as the unwinder sees it, without privileges: a "processor" that puts RIP and RSP on
// another stack and enters a stub, whose call frame information finds them there by expressions.

#define DW_CFA_def_cfa_expression 0x0f
#define DW_CFA_expression 0x10
#define DW_OP_deref 0x06
#define DW_OP_breg_rsp 0x77
#define RETURN_ADDRESS 16

        .text

// Lies in front of the interrupted function. Whoever looks up pc - 1 ends here.
        .p2align 4
        .type not_the_function, @function
not_the_function:
        .cfi_startproc
        .cfi_undefined rip
        .fill 16, 1, 0x90
        .cfi_endproc
        .size not_the_function, . - not_the_function

// The interrupted function: at its first instruction it has done nothing yet.
        .type interrupted, @function
interrupted:
        .cfi_startproc
        ret
        .cfi_endproc
        .size interrupted, . - interrupted

// void simulate_interrupt(void (*handler)(void*), void* argument, void* stack_top)
        .globl simulate_interrupt
        .type simulate_interrupt, @function
simulate_interrupt:
        .cfi_startproc
        movq    %rsp, %rax
        leaq    interrupted(%rip), %rcx
        movq    %rdx, %rsp
        .cfi_undefined rip
        pushq   %rax
        pushq   %rcx
        jmp     stub
        .cfi_endproc
        .size simulate_interrupt, . - simulate_interrupt

        .type stub, @function
stub:
        .cfi_startproc simple
        .cfi_signal_frame
        .cfi_escape DW_CFA_def_cfa_expression, 3, DW_OP_breg_rsp, 8, DW_OP_deref
        .cfi_escape DW_CFA_expression, RETURN_ADDRESS, 2, DW_OP_breg_rsp, 0
        movq    %rdi, %rax
        movq    %rsi, %rdi
        call    *%rax
        popq    %rcx
        .cfi_undefined rip
        popq    %rsp
        jmp     *%rcx
        .cfi_endproc
        .size stub, . - stub

        .section .note.GNU-stack, "", @progbits
