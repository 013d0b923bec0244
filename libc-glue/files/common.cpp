#include "common.hpp"

namespace hermit::glue::files {
namespace {

int to_errno(Errc code) {
    switch (code) {
    case Errc::kOutOfMemory:
        return ENOMEM;
    case Errc::kInvalidArgument:
        return EINVAL;
    case Errc::kNotFound:
        return ENOENT;
    case Errc::kExists:
        return EEXIST;
    case Errc::kBusy:
        return EBUSY;
    case Errc::kTimedOut:
        return ETIMEDOUT;
    case Errc::kNotSupported:
        return ENOTSUP;
    case Errc::kOverflow:
        return EOVERFLOW;
    case Errc::kPermission:
        return EPERM;
    case Errc::kWouldBlock:
        return EAGAIN;
    case Errc::kBadDescriptor:
        return EBADF;
    case Errc::kTooManyDescriptors:
        return EMFILE;
    case Errc::kNotDirectory:
        return ENOTDIR;
    case Errc::kIsDirectory:
        return EISDIR;
    case Errc::kDirectoryNotEmpty:
        return ENOTEMPTY;
    case Errc::kTooManySymlinks:
        return ELOOP;
    case Errc::kTooManyLinks:
        return EMLINK;
    case Errc::kNameTooLong:
        return ENAMETOOLONG;
    case Errc::kOtherDevice:
        return EXDEV;
    case Errc::kNoSpace:
        return ENOSPC;
    case Errc::kFileTooLarge:
        return EFBIG;
    case Errc::kNotSeekable:
        return ESPIPE;
    case Errc::kNotTerminal:
        return ENOTTY;
    case Errc::kReadOnly:
        return EROFS;
    case Errc::kBrokenPipe:
        return EPIPE;
    case Errc::kAccess:
        return EACCES;
    }
    return EIO;
}

} // namespace

int fail(const Error& error) { return fail(to_errno(error.code)); }

Base::Base(int fd, const char* path) {
    if (fd == AT_FDCWD || path[0] == '/') {
        return;
    }
    auto found = fs::descriptors().get(fd);
    if (!found) {
        fail(found.error());
        ok_ = false;
        return;
    }
    descriptor_ = *found;
    if (descriptor_->node() == nullptr) {
        fail(ENOTDIR);
        ok_ = false;
    }
}

} // namespace hermit::glue::files
