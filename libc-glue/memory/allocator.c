/* malloc and its kin: mimalloc, compiled as one file with our own layer to the system below it. Its
   sources come from the build, which changes in them where blocks lie (mimalloc-2.0.9.patch). */
#include "memory/spread.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <reent.h>
#include <stdio.h>
#include <stdlib.h>

/* The thread's end is announced by pthread_exit, after all that may still allocate, and not by a
 * key's destructor. */
#define pthread_key_create(key, destructor) ((void)(destructor))
#define pthread_setspecific(key, value) ((void)0)

/* Its messages, which nobody sees by default, would make every program start stdio. Errors arrive
 * as errno. */
#define fputs(text, stream) ((void)(text))
/* Only mi_realpath would use it. */
#define realpath(path, buffer) ((char*)NULL)

/* In mimalloc's own order. */
/* clang-format off */
#include "mimalloc.h"
#include "mimalloc-internal.h"

/* How much of a segment becomes usable at a time, in the one function that asks, which calls its
   position `pstart`. Whole 2 MiB pages, except in a segment's first 2 MiB: there by slice, so that
   a small program or one of 10,000 threads takes no more than it uses. By slice everywhere when
   memory is nearly out. */
#undef MI_MINIMAL_COMMIT_SIZE
#define MI_MINIMAL_COMMIT_SIZE                                                                     \
    (pstart < 2 * MI_MiB || memory_is_scarce ? MI_SEGMENT_SLICE_SIZE : 2 * MI_MiB)
static _Atomic(bool) memory_is_scarce;

/* Blocks up to the first size share a page with others of their kind; up to the second one they have a
   page to themselves that is kept for the next of their kind. */
#define LARGEST_IN_COMPANY (MI_MEDIUM_PAGE_SIZE / 4)
#undef MI_MEDIUM_OBJ_SIZE_MAX
#define MI_MEDIUM_OBJ_SIZE_MAX (4 * MI_MiB)

/* What a large block gets beside its size. On a small machine nothing: there room is dearer than time. */
static bool memory_is_ample;
static size_t room_to_shift(size_t size) { return memory_is_ample ? spread_room(size) : 0; }

/* How far behind the start of its slices a page's first block lies. The smallest blocks are aligned to
   their size if that is a power of two, up to 128. What is not a page yet has no block size. */
static size_t first_block_offset(const mi_segment_t* segment, size_t slice, size_t block_size,
                                 size_t page_size) {
    if (block_size <= MI_SMALL_SIZE_MAX) {
        return block_size >= MI_INTPTR_SIZE ? 3 * MI_MAX_ALIGN_GUARANTEE : 0;
    }
    if (segment->kind == MI_SEGMENT_HUGE && segment->mem_align_offset != 0) {
        return 0;
    }
    const uint64_t number = (uintptr_t)segment / MI_SEGMENT_SLICE_SIZE + slice;
    return spread_offset(number, block_size > MI_MEDIUM_OBJ_SIZE_MAX ? room_to_shift(block_size)
                                                                      : page_size % block_size);
}

/* A page's blocks are used in the order of their addresses, from somewhere in the page on and around its
   end. The index of the next one that never was used. */
static size_t next_block_to_use(const mi_page_t* page) {
    const size_t first = spread_choice((uintptr_t)page / sizeof(*page),
                                       SPREAD_GOLDEN, page->reserved);
    const size_t next = first + page->capacity;
    return next < page->reserved ? next : next - page->reserved;
}

#include "stats.c"
#include "random.c"
#include "memory/mimalloc_os.c"
#include "bitmap.c"
#include "arena.c"
#include "segment-cache.c"
#include "segment.c"

static void give_back_free_memory(void) {
    mi_heap_t* const heap = mi_get_default_heap();
    if (!mi_heap_is_initialized(heap)) {
        return;
    }
    for (size_t bin = 0; bin <= MI_SEGMENT_BIN_MAX; ++bin) {
        for (mi_slice_t* span = heap->tld->segments.spans[bin].first; span != NULL;
             span = span->next) {
            /* The segment is told, by a function that would leave the rest to _mi_os_decommit. */
            char* const start = (char*)mi_slice_start(span);
            const size_t bytes = span->slice_count * MI_SEGMENT_SLICE_SIZE;
            mi_segment_commitx(_mi_ptr_segment(span), false, (uint8_t*)start, bytes,
                               &heap->tld->stats);
            __hermit_heap_decommit(start, bytes);
        }
    }
    _mi_abandoned_await_readers();
    _mi_segment_cache_free_all(&heap->tld->os);
}

#include "page.c"
#include "heap.c"
/* A page without blocks is kept for a while if it is the only one of its kind. Where that has been
   noted already, it need not be noted again at every block that comes and goes alone. */
static __attribute__((noinline)) void retire_page(mi_page_t* page) {
    if (page->retire_expire == 0 || page->flags.full_aligned != 0) {
        _mi_page_retire(page);
    }
}
#define _mi_page_retire(page) retire_page(page)
/* In most cases in which a page's list of free blocks is empty there are some that this thread has
   freed, and nothing else is to be done. */
static __attribute__((noinline)) void* allocate_from_queue(mi_heap_t* heap, size_t size, bool zero,
                                                           size_t huge_alignment) {
    if (size <= MI_MEDIUM_OBJ_SIZE_MAX && huge_alignment == 0 &&
        mi_atomic_load_ptr_relaxed(mi_block_t, &heap->thread_delayed_free) == NULL) {
        mi_page_t* const page = mi_page_queue(heap, size)->first;
        if (page != NULL) {
            if (page->free == NULL) {
                page->free = page->local_free;
                page->local_free = NULL;
                page->is_zero = false;
            }
            if (page->free != NULL) {
                return _mi_page_malloc(heap, page, size, zero);
            }
        }
    }
    return _mi_malloc_generic(heap, size, zero, huge_alignment);
}
#define _mi_malloc_generic(heap, size, zero, huge_alignment)                                       \
    allocate_from_queue(heap, size, zero, huge_alignment)
#include "alloc.c"
#undef _mi_malloc_generic
#include "alloc-aligned.c"
#include "alloc-posix.c"
#include "init.c"
#include "options.c"
/* clang-format on */

void __hermit_heap_thread_done(void) {
    if (mi_heap_is_initialized(mi_get_default_heap())) {
        mi_thread_done();
    }
}

#define SAME_AS(function) __attribute__((weak, alias(#function)))
void* malloc(size_t size) SAME_AS(mi_malloc);
void* realloc(void* block, size_t size) SAME_AS(mi_realloc);
void free(void* block) SAME_AS(mi_free);
__attribute__((weak)) void* calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) { /* which mimalloc would not report */
        errno = ENOMEM;
        return NULL;
    }
    /* The largest blocks are new memory, which is zero: clearing it would take its first touch from
       the threads that will use it. (And mimalloc would clear no more than 2 GiB.) */
    return bytes > MI_LARGE_OBJ_SIZE_MAX ? mi_malloc(bytes) : mi_zalloc(bytes);
}
__attribute__((weak)) size_t malloc_usable_size(void* block) { return mi_usable_size(block); }

/* Not mi_malloc_aligned: it takes a small block whose size is a power of two for aligned to that
   size, while pages of such blocks begin at an odd multiple of 128. */
static void* allocate_aligned(size_t alignment, size_t size) {
    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        errno = EINVAL;
        return NULL;
    }
    void* const block = mi_malloc_aligned_at(size, alignment, 0);
    if (block == NULL) {
        errno = ENOMEM;
    }
    return block;
}
void* memalign(size_t alignment, size_t size) SAME_AS(allocate_aligned);
void* aligned_alloc(size_t alignment, size_t size) SAME_AS(allocate_aligned);

__attribute__((weak)) int posix_memalign(void** result, size_t alignment, size_t size) {
    if (alignment % sizeof(void*) != 0) {
        return EINVAL;
    }
    const int saved = errno;
    void* const block = allocate_aligned(alignment, size);
    const int error = block != NULL ? 0 : errno;
    errno = saved;
    if (block != NULL) {
        *result = block;
    }
    return error;
}

__attribute__((weak)) void* valloc(size_t size) { return allocate_aligned(kPage, size); }
__attribute__((weak)) void* pvalloc(size_t size) {
    return allocate_aligned(kPage, _mi_align_up(size, kPage));
}

/* Newlib's own allocations. They go through the names above, because what some return (strdup) the
   program frees, which may have brought its own malloc. */
void* _malloc_r(struct _reent* unused, size_t size) { return (void)unused, malloc(size); }
void* _calloc_r(struct _reent* unused, size_t count, size_t size) {
    return (void)unused, calloc(count, size);
}
void* _realloc_r(struct _reent* unused, void* block, size_t size) {
    return (void)unused, realloc(block, size);
}
void* _memalign_r(struct _reent* unused, size_t alignment, size_t size) {
    return (void)unused, memalign(alignment, size);
}
void _free_r(struct _reent* unused, void* block) { (void)unused, free(block); }
