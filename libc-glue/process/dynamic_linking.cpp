// Dynamic linking, which cannot be: an image is one static file.

#include <dlfcn.h>

namespace {

constinit thread_local bool failed = false;

void* refuse() {
    failed = true;
    return nullptr;
}

} // namespace

extern "C" {

[[gnu::weak]] void* dlopen(const char*, int) { return refuse(); }
[[gnu::weak]] void* dlsym(void*, const char*) { return refuse(); }
[[gnu::weak]] int dlclose(void*) {
    failed = true;
    return -1;
}
[[gnu::weak]] int dladdr(const void*, Dl_info*) { return 0; }

[[gnu::weak]] char* dlerror(void) {
    static char message[] = "the image is static: nothing can be loaded or looked up";
    char* const result = failed ? message : nullptr;
    failed = false;
    return result;
}

} // extern "C"
