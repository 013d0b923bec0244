/* Page sizes of the processor. */
#pragma once

#include <machine/_align.h>

#define PAGE_SHIFT 12
#ifndef PAGE_SIZE
#define PAGE_SIZE (1 << PAGE_SHIFT)
#endif
#define PAGE_MASK (PAGE_SIZE - 1)
#define CACHE_LINE_SHIFT 6
#define CACHE_LINE_SIZE (1 << CACHE_LINE_SHIFT)
#define ALIGNBYTES _ALIGNBYTES
#define ALIGN(address) _ALIGN(address)
