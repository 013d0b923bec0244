/* Amounts of money. */
#pragma once

#include <locale.h>
#include <sys/cdefs.h>
#include <sys/types.h>

__BEGIN_DECLS
ssize_t strfmon(char* __restrict buffer, size_t size, const char* __restrict format, ...);
ssize_t strfmon_l(char* __restrict buffer, size_t size, locale_t locale,
                  const char* __restrict format, ...);
__END_DECLS
