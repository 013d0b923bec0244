/* The image's program headers and unwind tables, for backtraces and exceptions. */
#pragma once

#include <elf.h>
#include <stddef.h>
#include <sys/cdefs.h>

#define ElfW(type) Elf64_##type
#define DLFO_STRUCT_HAS_EH_DBASE 0
#define DLFO_STRUCT_HAS_EH_COUNT 0
#define DLFO_EH_SEGMENT_TYPE PT_GNU_EH_FRAME

struct dl_phdr_info {
    Elf64_Addr dlpi_addr;
    const char* dlpi_name;
    const Elf64_Phdr* dlpi_phdr;
    Elf64_Half dlpi_phnum;
    unsigned long long dlpi_adds;
    unsigned long long dlpi_subs;
    size_t dlpi_tls_modid;
    void* dlpi_tls_data;
};

struct dl_find_object {
    unsigned long long dlfo_flags;
    void* dlfo_map_start;
    void* dlfo_map_end;
    struct link_map* dlfo_link_map;
    void* dlfo_eh_frame; /* the .eh_frame_hdr section */
    unsigned long long __dlfo_reserved[7];
};

__BEGIN_DECLS
int dl_iterate_phdr(int (*callback)(struct dl_phdr_info* info, size_t size, void* data),
                    void* data);

/* Fills `result` for the image if it contains `address` (0), else returns -1. Takes no lock and
 * allocates nothing. */
int _dl_find_object(void* address, struct dl_find_object* result);
__END_DECLS
