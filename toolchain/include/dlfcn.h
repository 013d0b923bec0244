/* Dynamic linking: an image is one static file, so nothing can be opened and nothing is found. */
#pragma once

#include <sys/cdefs.h>

#define RTLD_LAZY 1
#define RTLD_NOW 2
#define RTLD_NOLOAD 4
#define RTLD_GLOBAL 0x100
#define RTLD_LOCAL 0
#define RTLD_NODELETE 0x1000
#if __GNU_VISIBLE
#define RTLD_DEFAULT ((void*)0)
#define RTLD_NEXT ((void*)-1L)
#endif

typedef struct {
    const char* dli_fname;
    void* dli_fbase;
    const char* dli_sname;
    void* dli_saddr;
} Dl_info;

__BEGIN_DECLS
void* dlopen(const char* file, int mode);
int dlclose(void* handle);
char* dlerror(void);
void* dlsym(void* __restrict handle, const char* __restrict name);
#if __GNU_VISIBLE
int dladdr(const void* address, Dl_info* info);
#endif
__END_DECLS
