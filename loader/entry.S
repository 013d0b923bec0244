/* From the boot protocol's 32-bit protected mode to 64-bit code, and from the loader to the kernel.

   The image may lie anywhere below 4 GiB, so everything here is addressed relative to where it
   runs, except the landing, which is the first instruction at the linked address.
   [pvh] "PVH direct boot" and [multiboot2] §3.3 describe the state at entry: flat segments, paging
   off, no stack. */

#define ALIAS_BASE      0xFFFFFF8000000000 /* kAliasBase of layout.hpp */
#define PAGE            4096
#define PRESENT_WRITE   0x003
#define PRESENT_WRITE_2M 0x083

    .section .head.text, "ax"
    .code32
    .global _start
    .type _start, @function
_start:
    cli
    cld
    movl %eax, %esi
    /* Where are we? A call needs a stack: borrow the first word of the boot information. */
    movl (%ebx), %edi
    leal 4(%ebx), %esp
    call .Lhere
.Lhere:
    popl %ebp
    movl %edi, (%ebx)
    leal (hermit_boot_stack_top - .Lhere)(%ebp), %esp
    movl %ebx, %edi

    /* Is the image's end, which nobody has loaded anything to, in memory at all? */
    leal (__data_end - 4 - .Lhere)(%ebp), %ecx
    movl %ecx, (%ecx)
    cmpl %ecx, (%ecx)
    jne .Lmemory_ends
    movl $0, (%ecx)

    /* Long mode and no-execute: CPUID 8000_0001h EDX bits 29 and 20. [intel/vol2] CPUID. */
    movl $0x80000000, %eax
    cpuid
    cmpl $0x80000001, %eax
    jb .Lunsupported
    movl $0x80000001, %eax
    cpuid
    notl %edx
    testl $((1 << 29) | (1 << 20)), %edx
    jnz .Lunsupported

    /* Temporary tables: the first 4 GiB in 2 MiB pages, at 0 and again at ALIAS_BASE. */
    leal (temporary_tables - .Lhere)(%ebp), %eax
    leal (PAGE + PRESENT_WRITE)(%eax), %edx
    movl %edx, (%eax)
    movl %edx, (511 * 8)(%eax)
    leal PAGE(%eax), %ecx
    movl $4, %ebx
.Ldirectory:
    addl $PAGE, %edx
    movl %edx, (%ecx)
    addl $8, %ecx
    decl %ebx
    jnz .Ldirectory
    leal (2 * PAGE)(%eax), %ecx
    movl $PRESENT_WRITE_2M, %edx
.Llarge_page:
    movl %edx, (%ecx)
    addl $8, %ecx
    addl $0x200000, %edx
    jnc .Llarge_page                    /* carry: 4 GiB are done */

    movl %eax, %cr3
    movl $0x620, %eax                   /* CR4: PAE, OSFXSR, OSXMMEXCPT */
    movl %eax, %cr4
    movl $0xC0000080, %ecx              /* EFER: LME, NXE */
    rdmsr
    orl $0x900, %eax
    wrmsr
    movl $0x80010033, %eax              /* CR0: PG, WP, NE, ET, MP, PE */
    movl %eax, %cr0

    leal (gdt - .Lhere)(%ebp), %eax
    movl %eax, (gdt_pointer + 2 - .Lhere)(%ebp)
    lgdt (gdt_pointer - .Lhere)(%ebp)
    leal (.Llong_mode - .Lhere)(%ebp), %eax
    pushl $0x08
    pushl %eax
    lret

    /* Says on COM1 what ESI points to and halts. Needs no stack. */
.Lmemory_ends:
    leal (too_little_memory_text - .Lhere)(%ebp), %esi
    jmp .Lcharacter
.Lunsupported:
    leal (unsupported_text - .Lhere)(%ebp), %esi
.Lcharacter:
    lodsb
    testb %al, %al
    jz .Lhalt
    movb %al, %bl
    movl $100000, %ecx                  /* bounded: there may be no serial port */
.Lwait:
    movw $0x3FD, %dx                    /* COM1 line status: transmitter empty */
    inb %dx, %al
    testb $0x20, %al
    loopz .Lwait
    movb %bl, %al
    movw $0x3F8, %dx
    outb %al, %dx
    jmp .Lcharacter
.Lhalt:
    hlt
    jmp .Lhalt

unsupported_text:
    .asciz "[LOADER] This processor lacks 64-bit mode or no-execute pages\r\n"
too_little_memory_text:
    .asciz "[LOADER] The machine has too little memory for this image\r\n"

    .code64
.Llong_mode:
    movl $0x10, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl %eax, %fs
    movl %eax, %gs
    /* On at the alias: the low addresses are about to get another meaning. */
    movabsq $ALIAS_BASE, %rcx
    leaq hermit_boot_stack_top(%rip), %rsp
    addq %rcx, %rsp
    leaq .Lat_alias(%rip), %rax
    addq %rcx, %rax
    jmp *%rax
.Lat_alias:
    movl %edi, %edi                     /* (boot information, magic), zero-extended */
    movl %esi, %esi
    xorl %ebp, %ebp
    call hermit_loader_main
    ud2

/* hermit_loader_leave(root table, BootInfo*, root table in the direct map): changes to the final
   tables, which hold this one page at the alias too, and calls the kernel at its own address. */
    .balign 64
    .global hermit_loader_leave
    .type hermit_loader_leave, @function
hermit_loader_leave:
    movq %rdi, %cr3
    movq $.Llanding, %rax               /* the linked address, not one relative to here */
    jmp *%rax
    .if . - hermit_loader_leave > 64
    .error "hermit_loader_leave may lie across two pages"
    .endif
.Llanding:
    movq $0, (511 * 8)(%rdx)            /* the alias has served */
    movq %rdi, %cr3
    leaq gdt(%rip), %rax
    movq %rax, gdt_pointer + 2(%rip)
    lgdt gdt_pointer(%rip)
    leaq hermit_boot_stack_top(%rip), %rsp
    movq %rsi, %rdi
    xorl %ebp, %ebp
    call hermit_kernel_entry
    ud2

    .section .data, "aw"
    .balign 8
gdt:
    .quad 0
    .quad 0x00AF9B000000FFFF            /* 0x08: 64-bit code */
    .quad 0x00CF93000000FFFF            /* 0x10: data */
gdt_end:
    .balign 8
    .skip 6
gdt_pointer:
    .word gdt_end - gdt - 1
    .quad 0

    .section .bss, "aw", @nobits
    .balign PAGE
temporary_tables:                       /* PML4, PDPT, four page directories */
    .skip 6 * PAGE
    .skip 32 * 1024
    .global hermit_boot_stack_top
hermit_boot_stack_top:
    .section .note.GNU-stack, "", @progbits
