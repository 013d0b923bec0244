// Semaphores with names. There is one process, so the names are a list in its memory.

#include "errors.hpp"
#include "sync/word.hpp"

#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>

using namespace hermit::glue;

namespace {

struct NamedSemaphore {
    sem_t semaphore;
    NamedSemaphore* next;
    unsigned opened; // as often as it was not closed again
    bool unlinked;   // cannot be found any more, lives until it is closed
    char name[];
};

constinit int lock = kFree;
constinit NamedSemaphore* first = nullptr;

struct Guard {
    Guard() { acquire_word(&lock); }
    ~Guard() { release_word(&lock); }
};

/// Without the slash in front. Null, with `errno`, if it is none that POSIX allows.
const char* plain_name(const char* name) {
    while (*name == '/') {
        ++name;
    }
    const std::size_t length = std::strlen(name);
    if (length > NAME_MAX) {
        errno = ENAMETOOLONG;
        return nullptr;
    }
    if (length == 0 || std::strchr(name, '/') != nullptr) {
        errno = EINVAL;
        return nullptr;
    }
    return name;
}

NamedSemaphore* find(const char* name) {
    NamedSemaphore* found = first;
    while (found != nullptr && (found->unlinked || std::strcmp(found->name, name) != 0)) {
        found = found->next;
    }
    return found;
}

/// Null if memory is out.
NamedSemaphore* make(const char* name, unsigned value) {
    const std::size_t bytes = std::strlen(name) + 1;
    auto* const made = static_cast<NamedSemaphore*>(std::malloc(sizeof(NamedSemaphore) + bytes));
    if (made != nullptr) {
        sem_init(&made->semaphore, 1, value);
        made->opened = 0;
        made->unlinked = false;
        std::memcpy(made->name, name, bytes);
        made->next = first;
        first = made;
    }
    return made;
}

void remove_if_unused(NamedSemaphore& semaphore) {
    if (semaphore.opened != 0 || !semaphore.unlinked) {
        return;
    }
    NamedSemaphore** link = &first;
    while (*link != &semaphore) {
        link = &(*link)->next;
    }
    *link = semaphore.next;
    std::free(&semaphore);
}

sem_t* refuse(int error) {
    errno = error;
    return SEM_FAILED;
}

sem_t* open(const char* name, int flags, unsigned value) {
    const Guard guard;
    NamedSemaphore* semaphore = find(name);
    if (semaphore != nullptr) {
        if ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) {
            return refuse(EEXIST);
        }
    } else if ((flags & O_CREAT) == 0) {
        return refuse(ENOENT);
    } else if (value > SEM_VALUE_MAX) {
        return refuse(EINVAL);
    } else if (semaphore = make(name, value); semaphore == nullptr) {
        return refuse(ENOSPC);
    }
    ++semaphore->opened;
    return &semaphore->semaphore;
}

} // namespace

extern "C" {

/// sem_open(name, flags) or, with O_CREAT, sem_open(name, flags, mode, value).
[[gnu::weak]] sem_t* sem_open(const char* name, int flags, ...) {
    unsigned value = 0;
    if ((flags & O_CREAT) != 0) {
        std::va_list arguments;
        va_start(arguments, flags);
        static_cast<void>(va_arg(arguments, mode_t)); // there is one user
        value = va_arg(arguments, unsigned);
        va_end(arguments);
    }
    const char* const plain = plain_name(name);
    return plain == nullptr ? SEM_FAILED : open(plain, flags, value);
}

[[gnu::weak]] int sem_close(sem_t* semaphore) {
    const Guard guard;
    for (NamedSemaphore* each = first; each != nullptr; each = each->next) {
        if (&each->semaphore == semaphore && each->opened != 0) {
            --each->opened;
            remove_if_unused(*each);
            return 0;
        }
    }
    return fail(EINVAL);
}

[[gnu::weak]] int sem_unlink(const char* name) {
    const char* const plain = plain_name(name);
    if (plain == nullptr) {
        // POSIX knows no EINVAL here: such a name does not exist.
        return errno == EINVAL ? fail(ENOENT) : -1;
    }
    const Guard guard;
    NamedSemaphore* const semaphore = find(plain);
    if (semaphore == nullptr) {
        return fail(ENOENT);
    }
    semaphore->unlinked = true;
    remove_if_unused(*semaphore);
    return 0;
}

} // extern "C"
