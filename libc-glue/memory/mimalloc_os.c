/* mimalloc's view of the system, in place of its own os.c: address space is reserved without access
   and committed as it is used, so that the commit limit is honest; nothing is given back bit by bit
   before memory is out, because that costs translation flushes on all cores. */
#include "memory/heap_memory.h"

enum { kPage = 4096 };

size_t _mi_os_page_size(void) { return kPage; }
size_t _mi_os_large_page_size(void) { return 2 * MI_MiB; }
bool _mi_os_has_overcommit(void) { return false; }

static void on_error(int error, void* unused) {
    (void)unused;
    errno = error == EOVERFLOW ? ENOMEM : error;
}

/* Called before the first allocation. Free memory is kept: returning it is noise. */
void _mi_os_init(void) {
    mi_option_set_enabled(mi_option_eager_commit, false);
    mi_option_set_enabled(mi_option_allow_decommit, false);
    mi_option_set_enabled(mi_option_page_reset, false);
    mi_register_error(on_error, NULL);
    memory_is_ample = __hermit_heap_memory() >= 64 * MI_MiB;
}

size_t _mi_os_good_alloc_size(size_t size) {
    return size >= SIZE_MAX - 2 * MI_MiB
               ? size
               : _mi_align_up(size, size < 2 * MI_MiB ? kPage : 64 * MI_KiB);
}

/* Free memory of this thread's heap goes back; defined where mimalloc's segments are known. */
static void give_back_free_memory(void);

/* mimalloc answers a failed commit with a new segment, whose beginning it commits: until nothing is
 * left, so that a block which is too large takes what smaller ones could have had. */
static _Thread_local bool commit_has_failed;

/* Free memory is kept with its segment. So memory may be out while it lies there: mimalloc chooses
 * a place by its size, and not by whether it has memory. */
static bool commit(void* start, size_t size) {
    if (__hermit_heap_commit(start, size)) {
        return true;
    }
    give_back_free_memory();
    return __hermit_heap_commit(start, size);
}

void* _mi_os_alloc_aligned(size_t size, size_t alignment, bool committed, bool* large,
                           mi_stats_t* stats) {
    (void)stats;
    if (large != NULL) {
        *large = false;
    }
    const bool is_last_resort = commit_has_failed;
    commit_has_failed = false;
    if (size == 0 || size > PTRDIFF_MAX || is_last_resort) {
        return NULL;
    }
    size = _mi_os_good_alloc_size(size);
    void* const start = __hermit_heap_reserve(size, alignment < kPage ? kPage : alignment);
    if (start != NULL && committed && !commit(start, size)) {
        __hermit_heap_release(start, size);
        return NULL;
    }
    return start;
}

void* _mi_os_alloc(size_t size, mi_stats_t* stats) {
    return _mi_os_alloc_aligned(size, kPage, true, NULL, stats);
}

/* So that start + offset is aligned: what lies before `start` stays untouched. */
void* _mi_os_alloc_aligned_offset(size_t size, size_t alignment, size_t offset, bool committed,
                                  bool* large, mi_stats_t* stats) {
    const size_t extra = _mi_align_up(offset, alignment) - offset;
    char* const start = _mi_os_alloc_aligned(size + extra, alignment, committed, large, stats);
    return start == NULL ? NULL : start + extra;
}

void _mi_os_free_ex(void* start, size_t size, bool was_committed, mi_stats_t* stats) {
    (void)was_committed;
    (void)stats;
    if (start != NULL && size != 0) {
        memory_is_scarce = false;
        __hermit_heap_release(start, _mi_os_good_alloc_size(size));
    }
}
void _mi_os_free(void* start, size_t size, mi_stats_t* stats) {
    _mi_os_free_ex(start, size, true, stats);
}
void _mi_os_free_aligned(void* start, size_t size, size_t alignment, size_t offset,
                         bool was_committed, mi_stats_t* stats) {
    const size_t extra = _mi_align_up(offset, alignment) - offset;
    _mi_os_free_ex((char*)start - extra, size + extra, was_committed, stats);
}

/* The memory may have been committed, and used, before. */
bool _mi_os_commit(void* start, size_t size, bool* is_zero, mi_stats_t* stats) {
    (void)stats;
    if (is_zero != NULL) {
        *is_zero = false;
    }
    commit_has_failed = !commit(start, size);
    if (commit_has_failed) {
        memory_is_scarce = true; /* when mimalloc tries again */
    }
    return !commit_has_failed;
}
bool _mi_os_decommit(void* start, size_t size, mi_stats_t* stats) {
    return (void)start, (void)size, (void)stats, true;
}
bool _mi_os_reset(void* start, size_t size, mi_stats_t* stats) {
    return (void)start, (void)size, (void)stats, true;
}
bool _mi_os_protect(void* start, size_t size) { return (void)start, (void)size, false; }
bool _mi_os_unprotect(void* start, size_t size) { return (void)start, (void)size, true; }

/* 1 GiB pages are had by madvise on a mapping, not through malloc. */
void* _mi_os_alloc_huge_os_pages(size_t pages, int node, mi_msecs_t most, size_t* reserved,
                                 size_t* size) {
    (void)pages, (void)node, (void)most;
    if (reserved != NULL) {
        *reserved = 0;
    }
    if (size != NULL) {
        *size = 0;
    }
    return NULL;
}
void _mi_os_free_huge_pages(void* start, size_t size, mi_stats_t* stats) {
    (void)start, (void)size, (void)stats;
}

size_t _mi_os_numa_node_count_get(void) {
    _mi_numa_node_count = 1;
    return 1;
}
int _mi_os_numa_node_get(mi_os_tld_t* tld) { return (void)tld, 0; }
_Atomic(size_t) _mi_numa_node_count = 1;
