/* The smallest image hermit-run can boot, without a kernel: prints its command line on stdout and ends with
   exit status 7, or stays where it is if the last argument is `hang`. */
    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 4, 18              /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long start
    .section .note.hermit, "a", @note
    .balign 4
    .long 10, 4, 1
    .asciz "Hermitage"
    .balign 4
    .asciz "0.1"

    .text
    .code32
    .globl start
    .type start, @function
start:                          /* %ebx: PVH start info, command line's address at 24 */
    mov 24(%ebx), %esi
    mov $0x500, %dx
    call print
    cmpl $0x676e6168, -5(%esi)  /* "hang" */
    je hang
    mov $report, %esi
    mov $0x502, %dx
    call print
    mov $0x504, %dx
    mov $1, %eax
    out %eax, %dx
    .type hang, @function
hang:
    jmp hang

print:                          /* string at %esi to port %dx */
    lodsb
    test %al, %al
    jz 1f
    out %al, %dx
    jmp print
1:  ret

    .section .rodata
report:
    .asciz "HERMIT exit 7\nHERMIT end\n"
    .section .note.GNU-stack, "", @progbits
