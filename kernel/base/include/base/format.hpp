// Type-safe text formatting into a sink, without allocation: "{}" takes the next argument,
// "{:x}" prints it in hexadecimal, "{:016x}" with leading zeros, "{:>8}" and "{:<8}" pad to a
// width.
#pragma once

#include <base/address.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace hermit {

/// Receives formatted text piece by piece.
class TextSink {
  public:
    virtual void write(const char* text, std::size_t bytes) = 0;

  protected:
    ~TextSink() = default;
};

/// Collects text in an array; what does not fit is left out. Always null-terminated.
template <std::size_t kCapacity>
class TextBuffer final : public TextSink {
  public:
    void write(const char* text, std::size_t bytes) override {
        for (std::size_t i = 0; i < bytes && size_ + 1 < kCapacity; ++i) {
            text_[size_++] = text[i];
        }
        text_[size_] = '\0';
    }
    const char* c_str() const { return text_; }
    std::size_t size() const { return size_; }
    void clear() { text_[size_ = 0] = '\0'; }

  private:
    char text_[kCapacity] = {};
    std::size_t size_ = 0;
};

/// One argument of a format string, its type erased.
class FormatArgument {
  public:
    template <std::unsigned_integral T>
    FormatArgument(T value) : kind_{Kind::kUnsigned}, number_{value} {} // NOLINT
    template <std::signed_integral T>
    FormatArgument(T value) // NOLINT: implicit on purpose, as all here
        : kind_{Kind::kSigned}, number_{static_cast<std::uint64_t>(std::int64_t{value})} {}
    FormatArgument(bool value) : FormatArgument{value ? "yes" : "no"} {} // NOLINT
    FormatArgument(char value)
        : kind_{Kind::kCharacter}, number_{static_cast<unsigned char>(value)} {} // NOLINT
    FormatArgument(const char* text) : kind_{Kind::kText}, text_{text} {}        // NOLINT
    FormatArgument(const void* pointer)                                          // NOLINT
        : kind_{Kind::kAddress}, number_{reinterpret_cast<std::uint64_t>(pointer)} {}
    FormatArgument(PhysAddr address) : kind_{Kind::kAddress}, number_{address.value()} {} // NOLINT
    FormatArgument(VirtAddr address) : kind_{Kind::kAddress}, number_{address.value()} {} // NOLINT

  private:
    friend void format_arguments(TextSink&, const char*, const FormatArgument*, std::size_t);
    enum class Kind : std::uint8_t { kUnsigned, kSigned, kCharacter, kText, kAddress };
    Kind kind_;
    union {
        std::uint64_t number_;
        const char* text_;
    };
};

/// Writes `format` to `sink` with `count` arguments filled in. A missing argument shows as "{?}".
void format_arguments(TextSink& sink, const char* format, const FormatArgument* arguments,
                      std::size_t count);

/// Writes `format` to `sink` with the arguments filled in. Any context the sink allows.
template <class... Arguments>
void format_to(TextSink& sink, const char* format, const Arguments&... arguments) {
    const FormatArgument list[] = {FormatArgument{arguments}..., FormatArgument{0u}};
    format_arguments(sink, format, list, sizeof...(arguments));
}

} // namespace hermit
