// Random bytes for applications.

#include "errors.hpp"
#include "startup/random.hpp"

#include <sys/random.h>

using namespace hermit::glue;

extern "C" {

[[gnu::weak]] int getentropy(void* buffer, size_t bytes) {
    constexpr size_t kMost = 256; // as everywhere
    if (bytes > kMost) {
        return fail(EIO);
    }
    random_bytes(buffer, bytes);
    return 0;
}

[[gnu::weak]] ssize_t getrandom(void* buffer, size_t bytes, unsigned flags) {
    if ((flags & ~unsigned{GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE}) != 0) {
        return fail(EINVAL);
    }
    random_bytes(buffer, bytes);
    return static_cast<ssize_t>(bytes);
}

} // extern "C"
