/* What tells a boot loader that this ELF file can be booted: the Multiboot2 header, the PVH note,
   and our own note by which the tools know a Hermitage image. */

#define MULTIBOOT2_MAGIC 0xE85250D6
#define MULTIBOOT2_I386  0

    .section .multiboot2, "a"
    .balign 8
header:
    .long MULTIBOOT2_MAGIC
    .long MULTIBOOT2_I386
    .long header_end - header
    .long -(MULTIBOOT2_MAGIC + MULTIBOOT2_I386 + (header_end - header))

    .balign 8                           /* information request: command line, memory map */
required:
    .short 1, 0
    .long required_end - required
    .long 1, 6
required_end:
    .balign 8                           /* if there is any: framebuffer, ACPI 1 and 2 RSDP */
optional:
    .short 1, 1
    .long optional_end - optional
    .long 8, 14, 15
optional_end:
    .balign 8                           /* relocatable: anywhere from 2 MiB to 4 GiB, */
    .short 10, 0                        /* on a 2 MiB boundary, as low as possible */
    .long 24
    .long HERMIT_LOWEST_ADDRESS, 0xFFFFFFFF, 0x200000, 1
    .balign 8                           /* end */
    .short 0, 0
    .long 8
header_end:

    .section .note.Xen, "a", @note
    .balign 4
    .long 4, 8, 18                      /* name and descriptor bytes, XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .quad _start

    .section .note.hermit, "a", @note
    .balign 4
    .long 10, version_end - version, 1
    .asciz "Hermitage"
    .balign 4
version:
    .asciz HERMIT_VERSION
version_end:
    .balign 4
    .section .note.GNU-stack, "", @progbits
