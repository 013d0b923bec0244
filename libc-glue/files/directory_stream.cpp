// opendir and its relatives. Entries are fetched from the kernel in batches.
#include "common.hpp"

#include <cstring>
#include <dirent.h>
#include <new>
#include <unistd.h>

/// What DIR stands for in <dirent.h>.
struct __dir {
    int fd;
    unsigned count = 0;
    unsigned next = 0;
    long position = 0; // behind the entry that was returned last
    dirent entries[16];
};

namespace hermit::glue::files {
namespace {

/// Fills a stream's batch.
class Batch final : public fs::DirectorySink {
  public:
    explicit Batch(__dir& stream) : stream_{stream} { stream.count = stream.next = 0; }
    bool take(const fs::DirectoryItem& item) override {
        if (stream_.count == std::size(stream_.entries)) {
            return false;
        }
        dirent& entry = stream_.entries[stream_.count++];
        entry.d_ino = item.inode;
        entry.d_off = static_cast<off_t>(item.next);
        entry.d_reclen = sizeof(dirent);
        entry.d_type = static_cast<unsigned char>((item.type & fs::kTypeMask) >> 12);
        memcpy(entry.d_name, item.name, item.length);
        entry.d_name[item.length] = '\0';
        return true;
    }

  private:
    __dir& stream_;
};

/// The next entry; null at the end, or with `errno` set.
dirent* next_entry(__dir& stream) {
    if (stream.next == stream.count) {
        auto found = fs::descriptors().get(stream.fd);
        if (!found) {
            fail(found.error());
            return nullptr;
        }
        Batch batch{stream};
        if (status((*found)->list(batch)) < 0 || stream.count == 0) {
            return nullptr;
        }
    }
    dirent& entry = stream.entries[stream.next++];
    stream.position = static_cast<long>(entry.d_off);
    return &entry;
}

DIR* open_stream(int fd) {
    void* const memory = fs::environment().allocate(sizeof(__dir));
    if (memory == nullptr) {
        fail(ENOMEM);
        return nullptr;
    }
    return ::new (memory) __dir{.fd = fd, .entries = {}};
}

void go_to(__dir& stream, long position) {
    stream.count = stream.next = 0;
    stream.position = position;
    seek_descriptor(stream.fd, position, SEEK_SET);
}

int close_stream(__dir* stream) {
    const int fd = stream->fd;
    fs::environment().release(stream);
    return fd;
}

} // namespace
} // namespace hermit::glue::files

using namespace hermit::glue::files;

HERMIT_POSIX DIR* opendir(const char* path) {
    const int fd = open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0) {
        return nullptr;
    }
    DIR* const stream = open_stream(fd);
    if (stream == nullptr) {
        close_descriptor(fd);
    }
    return stream;
}

HERMIT_POSIX DIR* fdopendir(int fd) {
    auto found = hermit::fs::descriptors().get(fd);
    if (!found) {
        fail(found.error());
        return nullptr;
    }
    if (!(*found)->readable()) {
        fail(EBADF);
        return nullptr;
    }
    hermit::fs::Node* const node = (*found)->node();
    if (node == nullptr || !node->is_directory()) {
        fail(ENOTDIR);
        return nullptr;
    }
    return open_stream(fd);
}

HERMIT_POSIX dirent* readdir(DIR* stream) { return next_entry(*stream); }

/// Returns an error number.
HERMIT_POSIX int readdir_r(DIR* stream, dirent* entry, dirent** result) {
    const int saved = errno;
    errno = 0;
    const dirent* const next = next_entry(*stream);
    const int error = errno;
    errno = saved;
    *result = nullptr;
    if (next != nullptr) {
        *entry = *next;
        *result = entry;
    }
    return error;
}

HERMIT_POSIX void rewinddir(DIR* stream) { go_to(*stream, 0); }
HERMIT_POSIX long telldir(DIR* stream) { return stream->position; }
HERMIT_POSIX void seekdir(DIR* stream, long position) { go_to(*stream, position); }
HERMIT_POSIX int dirfd(DIR* stream) { return stream->fd; }
HERMIT_POSIX int closedir(DIR* stream) { return close_descriptor(close_stream(stream)); }
HERMIT_POSIX int fdclosedir(DIR* stream) { return close_stream(stream); }
