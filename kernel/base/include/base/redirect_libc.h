/* Force-included into every kernel object: names that GCC calls by itself get the kernel's symbols.
 */
#ifndef HERMIT_BASE_REDIRECT_LIBC_H
#define HERMIT_BASE_REDIRECT_LIBC_H
#ifndef __ASSEMBLER__
#ifdef __cplusplus
extern "C" {
#endif
void* memcpy(void*, const void*, __SIZE_TYPE__) __asm__("hermit_memcpy");
void* memmove(void*, const void*, __SIZE_TYPE__) __asm__("hermit_memmove");
void* memset(void*, int, __SIZE_TYPE__) __asm__("hermit_memset");
int memcmp(const void*, const void*, __SIZE_TYPE__) __asm__("hermit_memcmp");
#ifdef __cplusplus
}
#endif
#endif
#endif
