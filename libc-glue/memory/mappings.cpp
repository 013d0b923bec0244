// mmap and its kin on the application's memory.

#include "errors.hpp"

#include <base/address.hpp>
#include <mm/app_memory.hpp>

#include <sys/mman.h>
#include <unistd.h>

using namespace hermit;
using namespace hermit::glue;

namespace {

constexpr std::uint64_t kPage = 4 * kKiB;

/// A range in whole pages; false if it is not one.
bool whole_pages(const void* address, size_t length, VirtAddr& start, std::uint64_t& bytes) {
    start = VirtAddr{address};
    bytes = align_up(length, kPage);
    return start.is_aligned(kPage) && bytes >= length && start.value() + bytes >= start.value();
}

mm::app::Protection to_protection(int protection) {
    return {.read = (protection & PROT_READ) != 0,
            .write = (protection & PROT_WRITE) != 0,
            .execute = (protection & PROT_EXEC) != 0};
}

/// POSIX says ENOMEM for a range that is not all mapped.
int range_status(const Result<void>& result) {
    if (!result && result.error().code == Errc::kNotFound) {
        return fail(ENOMEM);
    }
    return status_of(result);
}

int populate(const void* address, size_t length) {
    VirtAddr start;
    std::uint64_t bytes = 0;
    const VirtAddr first = VirtAddr{address}.align_down(kPage);
    if (!whole_pages(first.as<void>(), length + (VirtAddr{address} - first), start, bytes)) {
        return fail(EINVAL);
    }
    return range_status(mm::app::populate(start, bytes));
}

} // namespace

extern "C" {

[[gnu::weak]] void* mmap(void* address, size_t length, int protection, int flags, int, off_t) {
    const auto failed = [](int error) {
        errno = error;
        return MAP_FAILED;
    };
    if ((flags & MAP_ANONYMOUS) == 0) {
        return failed(ENODEV); // files cannot be mapped
    }
    const int sharing = flags & (MAP_SHARED | MAP_PRIVATE);
    if (length == 0 || sharing == 0 || align_up(length, kPage) < length) {
        return failed(length == 0 || sharing == 0 ? EINVAL : ENOMEM);
    }
    std::uint32_t how = 0;
    if ((flags & MAP_FIXED_NOREPLACE) != 0) {
        how |= mm::app::kFixedNoReplace;
    } else if ((flags & MAP_FIXED) != 0) {
        how |= mm::app::kFixed;
    }
    if ((flags & MAP_NORESERVE) != 0) {
        how |= mm::app::kNoReserve;
    }
    if ((flags & (MAP_POPULATE | MAP_LOCKED)) != 0) {
        how |= mm::app::kPopulate;
    }
    if ((flags & MAP_HUGETLB) != 0) {
        how |= mm::app::kHugeAligned;
    }
    const bool fixed = (how & (mm::app::kFixed | mm::app::kFixedNoReplace)) != 0;
    const VirtAddr hint{address};
    if (fixed && !hint.is_aligned(kPage)) {
        return failed(EINVAL);
    }
    auto mapped =
        mm::app::map(fixed ? hint : hint.align_down(kPage), length, to_protection(protection), how);
    return mapped ? mapped->as<void>() : failed(to_errno(mapped.error().code));
}

[[gnu::weak]] int munmap(void* address, size_t length) {
    VirtAddr start;
    std::uint64_t bytes = 0;
    if (length == 0 || !whole_pages(address, length, start, bytes)) {
        return fail(EINVAL);
    }
    return status_of(mm::app::unmap(start, bytes));
}

[[gnu::weak]] int mprotect(void* address, size_t length, int protection) {
    VirtAddr start;
    std::uint64_t bytes = 0;
    if (!whole_pages(address, length, start, bytes)) {
        return fail(EINVAL);
    }
    return length == 0 ? 0
                       : range_status(mm::app::protect(start, bytes, to_protection(protection)));
}

[[gnu::weak]] int madvise(void* address, size_t length, int advice) {
    VirtAddr start;
    std::uint64_t bytes = 0;
    if (!whole_pages(address, length, start, bytes)) {
        return fail(EINVAL);
    }
    switch (advice) {
    case MADV_DONTNEED:
    case MADV_REMOVE:
        return length == 0 ? 0 : range_status(mm::app::discard(start, bytes));
    case MADV_FREE:
        return length == 0 ? 0 : range_status(mm::app::discard_unpromised(start, bytes));
    case MADV_POPULATE_READ:
    case MADV_POPULATE_WRITE:
        return length == 0 ? 0 : populate(address, length);
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
        return length == 0 ? 0
                           : range_status(mm::app::prefer_small_pages(start, bytes,
                                                                      advice == MADV_NOHUGEPAGE));
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_DONTFORK:
    case MADV_DOFORK:
    case MADV_MERGEABLE:
    case MADV_UNMERGEABLE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
        return 0;
    default:
        return fail(EINVAL);
    }
}

/// POSIX's "not needed" may not destroy contents, as madvise's does; so nothing is to be done.
[[gnu::weak]] int posix_madvise(void* address, size_t, int advice) {
    return VirtAddr{address}.is_aligned(kPage) && advice >= POSIX_MADV_NORMAL &&
                   advice <= POSIX_MADV_DONTNEED
               ? 0
               : EINVAL;
}

/// Nothing is ever paged out: locking means backing.
[[gnu::weak]] int mlock(const void* address, size_t length) {
    return length == 0 ? 0 : populate(address, length);
}
[[gnu::weak]] int munlock(const void*, size_t) { return 0; }
[[gnu::weak]] int mlockall(int flags) {
    if (flags == 0 || (flags & ~(MCL_CURRENT | MCL_FUTURE)) != 0) {
        return fail(EINVAL);
    }
    mm::app::populate_always((flags & MCL_FUTURE) != 0);
    return (flags & MCL_CURRENT) != 0 ? status_of(mm::app::populate_all()) : 0;
}
[[gnu::weak]] int munlockall(void) {
    mm::app::populate_always(false);
    return 0;
}

/// There is no file behind any mapping.
[[gnu::weak]] int msync(void* address, size_t, int flags) {
    const bool contradiction = (flags & MS_ASYNC) != 0 && (flags & MS_SYNC) != 0;
    return VirtAddr{address}.is_aligned(kPage) && !contradiction ? 0 : fail(EINVAL);
}

[[gnu::weak]] void* sbrk(ptrdiff_t increment) {
    auto old = mm::app::move_break(increment);
    if (!old) {
        errno = ENOMEM;
        return reinterpret_cast<void*>(-1);
    }
    return old->as<void>();
}

} // extern "C"
