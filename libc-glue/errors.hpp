// Kernel errors as the application sees them.
#pragma once

#include <base/result.hpp>

#include <cerrno>

namespace hermit::glue {

/// The `errno` value of a kernel error. The only place where the two vocabularies meet.
constexpr int to_errno(Errc code) {
    switch (code) {
    case Errc::kOutOfMemory: return ENOMEM;
    case Errc::kInvalidArgument: return EINVAL;
    case Errc::kNotFound: return ENOENT;
    case Errc::kExists: return EEXIST;
    case Errc::kBusy: return EBUSY;
    case Errc::kTimedOut: return ETIMEDOUT;
    case Errc::kNotSupported: return ENOSYS;
    case Errc::kOverflow: return EOVERFLOW;
    case Errc::kPermission: return EPERM;
    case Errc::kWouldBlock: return EAGAIN;
    default: return EIO;
    }
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
