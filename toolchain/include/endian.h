/* Byte order under the names that Linux programs use. */
#pragma once

#include <sys/endian.h>

#define __BYTE_ORDER _BYTE_ORDER
#define __LITTLE_ENDIAN _LITTLE_ENDIAN
#define __BIG_ENDIAN _BIG_ENDIAN
#define __PDP_ENDIAN _PDP_ENDIAN
#define __FLOAT_WORD_ORDER __BYTE_ORDER
