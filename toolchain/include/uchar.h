/* UTF-16 and UTF-32 characters (C11). */
#pragma once

#include <sys/cdefs.h>
#include <wchar.h>

#if !defined(__cplusplus) || __cplusplus < 201103L
typedef __CHAR16_TYPE__ char16_t;
typedef __CHAR32_TYPE__ char32_t;
#endif

__BEGIN_DECLS
size_t c16rtomb(char* __restrict bytes, char16_t character, mbstate_t* __restrict state);
size_t c32rtomb(char* __restrict bytes, char32_t character, mbstate_t* __restrict state);
size_t mbrtoc16(char16_t* __restrict character, const char* __restrict bytes, size_t size,
                mbstate_t* __restrict state);
size_t mbrtoc32(char32_t* __restrict character, const char* __restrict bytes, size_t size,
                mbstate_t* __restrict state);
__END_DECLS
