// Where cores other than the boot core start: real mode, in a page below 1 MiB to which this code
// is copied. Goes to long mode with the kernel's page tables, takes a ticket for a boot stack and
// calls the kernel. Position: kTrampolinePage of arch/core_setup.hpp. When the door has been closed
// this page may no longer be mapped, and the core stays in real mode.

.set kPage, 0x8000
.set kState, 0x9000 // State of trampoline.cpp
.set kEntered, 0
.set kClosed, 4
.set kLeft, 8
.set kTickets, 12

.section .rodata.trampoline, "a", @progbits
.balign 16
.globl hermit_trampoline_start
hermit_trampoline_start:
.code16
    cli
    cld
    xorw %ax, %ax
    movw %ax, %ds
    lock incl kState + kEntered // before the look at the door: see close_trampoline()
    cmpl $0, kState + kClosed
    jne park
    lgdtl kPage + (gdt_pointer - hermit_trampoline_start)
    movl $0x20, %eax // CR4.PAE
    movl %eax, %cr4
    movl kPage + (hermit_trampoline_constants - hermit_trampoline_start), %eax
    movl %eax, %cr3
    movl $0xC0000080, %ecx // IA32_EFER
    rdmsr
    orl $0x900, %eax // LME, NXE
    wrmsr
    movl $0x80010033, %eax // PG, WP, NE, ET, MP, PE
    movl %eax, %cr0
    ljmpl $0x08, $(kPage + (long_mode - hermit_trampoline_start))
park:
    cli
    hlt
    jmp park

.code64
long_mode:
    movl $0x10, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movq state(%rip), %rdi
    movl $1, %eax
    lock xaddl %eax, kTickets(%rdi)
    cmpq count(%rip), %rax
    jae too_many
    movq stacks(%rip), %rcx
    movq (%rcx, %rax, 8), %rsp
    xorl %ebp, %ebp
    movq entry(%rip), %rax
    call *%rax // does not return
too_many:
    movq $park_outside, %rax
    jmp *%rax

.balign 8
gdt:
    .quad 0, 0x00AF9B000000FFFF, 0x00CF93000000FFFF
gdt_pointer:
    .word gdt_pointer - gdt - 1
    .long kPage + (gdt - hermit_trampoline_start)
.balign 8
.globl hermit_trampoline_constants
hermit_trampoline_constants: // Constants of trampoline.cpp
    .quad 0
entry:
    .quad 0
stacks:
    .quad 0
count:
    .quad 0
state:
    .quad 0
.globl hermit_trampoline_end
hermit_trampoline_end:

.section .text.trampoline, "ax", @progbits
// Where a core parks that nobody has announced: not in the page, which will be unmapped.
park_outside:
    lock incl kLeft(%rdi)
0:  cli
    hlt
    jmp 0b

.section .note.GNU-stack, "", @progbits
