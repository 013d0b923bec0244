// Kernel errors as the application sees them.
#pragma once

#include <base/result.hpp>

#include <cerrno>

namespace hermit::glue {

/// The `errno` value of a kernel error. The only place where the two vocabularies meet.
constexpr int to_errno(Errc code) {
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

/// Sets `errno` and returns −1, the way most calls report an error.
inline int fail(int error) {
    errno = error;
    return -1;
}

/// 0, or −1 with `errno` set from the error.
inline int status_of(const Result<void>& result) {
    return result ? 0 : fail(to_errno(result.error().code));
}

} // namespace hermit::glue
