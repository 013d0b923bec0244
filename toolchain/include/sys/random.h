/* Random bytes. */
#pragma once

#include <sys/cdefs.h>
#include <sys/types.h>

#define GRND_NONBLOCK 1
#define GRND_RANDOM 2
#define GRND_INSECURE 4

__BEGIN_DECLS
ssize_t getrandom(void* buffer, size_t length, unsigned flags);
int getentropy(void* buffer, size_t length);
__END_DECLS
