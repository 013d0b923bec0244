// Errors as values: Result<T> holds a T or an Error, and TRY passes an error on to the caller.
#pragma once

#include <base/assert.hpp>

#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

namespace hermit {

/// What went wrong, in kernel terms; `libc-glue` translates to `errno`.
enum class Errc : std::uint8_t {
    kOutOfMemory,
    kInvalidArgument,
    kNotFound,
    kExists,
    kBusy,
    kTimedOut,
    kNotSupported,
    kOverflow,
    kPermission,
    kWouldBlock,
    // Files and descriptors.
    kBadDescriptor,
    kTooManyDescriptors,
    kNotDirectory,
    kIsDirectory,
    kDirectoryNotEmpty,
    kTooManySymlinks,
    kTooManyLinks,
    kNameTooLong,
    kOtherDevice,
    kNoSpace,
    kFileTooLarge,
    kNotSeekable,
    kNotTerminal,
    kReadOnly,
    kBrokenPipe,
    kAccess,
};

/// An error with the place or object it is about: a string literal, shown in log and panic
/// messages.
struct Error {
    Errc code;
    const char* context;
};

/// Either a value or an Error. Never both, never none.
template <class T>
class [[nodiscard]] Result {
  public:
    constexpr Result(T value)
        : value_{std::move(value)}, ok_{true} {}                 // NOLINT: implicit on purpose
    constexpr Result(Error error) : error_{error}, ok_{false} {} // NOLINT: implicit on purpose
    constexpr Result(Result&& other) noexcept : ok_{other.ok_} {
        if (ok_) {
            ::new (static_cast<void*>(&value_)) T(std::move(other.value_));
        } else {
            error_ = other.error_;
        }
    }
    Result& operator=(Result&&) = delete;
    constexpr ~Result() {
        if (ok_) {
            value_.~T();
        }
    }

    constexpr explicit operator bool() const { return ok_; }
    constexpr T& operator*() & {
        ASSERT(ok_);
        return value_;
    }
    constexpr T&& operator*() && {
        ASSERT(ok_);
        return std::move(value_);
    }
    constexpr T* operator->() {
        ASSERT(ok_);
        return &value_;
    }
    constexpr Error error() const {
        ASSERT(!ok_);
        return error_;
    }

  private:
    union {
        T value_;
        Error error_;
    };
    bool ok_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
  public:
    constexpr Result() = default;
    constexpr Result(Error error) : error_{error}, ok_{false} {} // NOLINT: implicit on purpose

    constexpr explicit operator bool() const { return ok_; }
    constexpr void operator*() const { ASSERT(ok_); }
    constexpr Error error() const {
        ASSERT(!ok_);
        return error_;
    }

  private:
    Error error_{};
    bool ok_ = true;
};

} // namespace hermit

/// Evaluates to the value of a Result, or returns its error from the enclosing function.
#define TRY(expression)                                                                            \
    ({                                                                                             \
        auto&& try_result = (expression);                                                          \
        if (!try_result) [[unlikely]] {                                                            \
            return try_result.error();                                                             \
        }                                                                                          \
        *std::move(try_result);                                                                    \
    })
