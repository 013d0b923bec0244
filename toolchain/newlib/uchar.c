/* <uchar.h> over Newlib's wide characters, which are UTF-32. */
#include <errno.h>
#include <uchar.h>
#include <wchar.h>

/* The low half of a pair waits here between two calls of mbrtoc16, the high half between two of
   c16rtomb. One per thread serves all conversion states: a pair is converted by consecutive calls.
 */
static _Thread_local char16_t pending_low;
static _Thread_local char16_t pending_high;

size_t c32rtomb(char* restrict bytes, char32_t character, mbstate_t* restrict state) {
    static _Thread_local mbstate_t own_state;
    return wcrtomb(bytes, (wchar_t)character, state ? state : &own_state);
}

size_t mbrtoc32(char32_t* restrict character, const char* restrict bytes, size_t size,
                mbstate_t* restrict state) {
    static _Thread_local mbstate_t own_state;
    wchar_t wide = 0;
    size_t length = mbrtowc(&wide, bytes, size, state ? state : &own_state);
    if (bytes && character && length <= size)
        *character = (char32_t)wide;
    return length;
}

size_t c16rtomb(char* restrict bytes, char16_t character, mbstate_t* restrict state) {
    if (!bytes) {
        pending_high = 0;
        return c32rtomb(bytes, 0, state);
    }
    if (pending_high) {
        char32_t wide =
            0x10000 + (((char32_t)pending_high - 0xd800) << 10) + ((char32_t)character - 0xdc00);
        pending_high = 0;
        if (character >= 0xdc00 && character <= 0xdfff)
            return c32rtomb(bytes, wide, state);
    } else if (character < 0xd800 || character > 0xdfff) {
        return c32rtomb(bytes, character, state);
    } else if (character < 0xdc00) {
        pending_high = character;
        return 0;
    }
    errno = EILSEQ;
    return (size_t)-1;
}

size_t mbrtoc16(char16_t* restrict character, const char* restrict bytes, size_t size,
                mbstate_t* restrict state) {
    if (pending_low && bytes) {
        if (character)
            *character = pending_low;
        pending_low = 0;
        return (size_t)-3;
    }
    char32_t wide = 0;
    size_t length = mbrtoc32(&wide, bytes, size, state);
    if (!bytes || length > size)
        return length;
    if (wide >= 0x10000) {
        pending_low = (char16_t)(0xdc00 + ((wide - 0x10000) & 0x3ff));
        wide = 0xd800 + ((wide - 0x10000) >> 10);
    }
    if (character)
        *character = (char16_t)wide;
    return length;
}
