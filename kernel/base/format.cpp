#include <base/format.hpp>

namespace hermit {
namespace {

/// What stands between the braces of a placeholder.
struct Specification {
    bool hexadecimal = false;
    bool left = false;
    char fill = ' ';
    std::size_t width = 0;
};

/// Reads a specification after the colon and returns the position of the closing brace.
const char* parse(const char* text, Specification& specification) {
    if (*text == '<' || *text == '>') {
        specification.left = *text++ == '<';
    }
    if (*text == '0') {
        specification.fill = *text++;
    }
    while (*text >= '0' && *text <= '9') {
        specification.width = specification.width * 10 + static_cast<std::size_t>(*text++ - '0');
    }
    if (*text == 'x') {
        specification.hexadecimal = true;
        ++text;
    }
    return text;
}

void pad(TextSink& sink, char fill, std::size_t used, std::size_t width) {
    for (; used < width; ++used) {
        sink.write(&fill, 1);
    }
}

void write_padded(TextSink& sink, const char* text, std::size_t bytes,
                  const Specification& specification) {
    if (!specification.left) {
        pad(sink, specification.fill, bytes, specification.width);
    }
    sink.write(text, bytes);
    if (specification.left) {
        pad(sink, ' ', bytes, specification.width);
    }
}

void write_number(TextSink& sink, std::uint64_t number, bool negative,
                  const Specification& specification) {
    char digits[24];
    char* const end = digits + sizeof(digits);
    char* first = end;
    const std::uint64_t base = specification.hexadecimal ? 16 : 10;
    do {
        *--first = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    if (negative) {
        *--first = '-';
    }
    write_padded(sink, first, static_cast<std::size_t>(end - first), specification);
}

} // namespace

void format_arguments(TextSink& sink, const char* format, const FormatArgument* arguments,
                      std::size_t count) {
    std::size_t index = 0;
    const char* literal = format;
    for (; *format != '\0'; ++format) {
        if (*format != '{') {
            continue;
        }
        sink.write(literal, static_cast<std::size_t>(format - literal));
        Specification specification;
        const char* end = format + 1;
        if (*end == ':') {
            end = parse(end + 1, specification);
        }
        if (*end != '}' || index >= count) {
            sink.write("{?}", 3);
        } else {
            const FormatArgument& argument = arguments[index++];
            using Kind = FormatArgument::Kind;
            switch (argument.kind_) {
            case Kind::kUnsigned:
                write_number(sink, argument.number_, false, specification);
                break;
            case Kind::kSigned: {
                const bool negative = static_cast<std::int64_t>(argument.number_) < 0;
                write_number(sink, negative ? -argument.number_ : argument.number_, negative,
                             specification);
                break;
            }
            case Kind::kCharacter: {
                const char character = static_cast<char>(argument.number_);
                write_padded(sink, &character, 1, specification);
                break;
            }
            case Kind::kText: {
                const char* const text = argument.text_ != nullptr ? argument.text_ : "(null)";
                std::size_t length = 0;
                while (text[length] != '\0') {
                    ++length;
                }
                write_padded(sink, text, length, specification);
                break;
            }
            case Kind::kAddress:
                sink.write("0x", 2);
                specification.hexadecimal = true;
                write_number(sink, argument.number_, false, specification);
                break;
            }
        }
        while (*end != '\0' && *end != '}') {
            ++end;
        }
        if (*end == '\0') {
            return;
        }
        format = end;
        literal = end + 1;
    }
    sink.write(literal, static_cast<std::size_t>(format - literal));
}

} // namespace hermit
