/* <execinfo.h>: the calling thread's frames by the unwind tables. An image holds no symbol table,
   so frames are addresses; addr2line turns them into functions and lines. */
#include <execinfo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* From libgcc, whose unwind.h is installed only after this library. */
typedef enum { kNoReason = 0, kEndOfStack = 5 } _Unwind_Reason_Code;
struct _Unwind_Context;
extern _Unwind_Reason_Code
_Unwind_Backtrace(_Unwind_Reason_Code (*visit)(struct _Unwind_Context*, void*), void* data);
extern uintptr_t _Unwind_GetIP(struct _Unwind_Context* context);

#define FRAME_TEXT_SIZE sizeof("0x0123456789abcdef")

struct walk {
    void** frames;
    int size;
    int count;
};

static _Unwind_Reason_Code visit(struct _Unwind_Context* context, void* data) {
    struct walk* walk = data;
    uintptr_t address = _Unwind_GetIP(context);
    if (walk->count == walk->size || address == 0)
        return kEndOfStack;
    /* The first frame is backtrace itself. */
    if (walk->count >= 0)
        walk->frames[walk->count] = (void*)address;
    ++walk->count;
    return kNoReason;
}

__attribute__((noinline)) int backtrace(void** frames, int size) {
    struct walk walk = {frames, size, -1};
    if (size <= 0)
        return 0;
    _Unwind_Backtrace(visit, &walk);
    return walk.count < 0 ? 0 : walk.count;
}

char** backtrace_symbols(void* const* frames, int size) {
    if (size < 0)
        size = 0;
    char** list = malloc((size_t)size * (sizeof *list + FRAME_TEXT_SIZE));
    if (!list)
        return NULL;
    char* text = (char*)(list + size);
    for (int i = 0; i < size; ++i, text += FRAME_TEXT_SIZE) {
        list[i] = text;
        snprintf(text, FRAME_TEXT_SIZE, "0x%lx", (unsigned long)frames[i]);
    }
    return list;
}

void backtrace_symbols_fd(void* const* frames, int size, int fd) {
    char text[FRAME_TEXT_SIZE + 1];
    for (int i = 0; i < size; ++i) {
        int length = snprintf(text, sizeof text, "0x%lx\n", (unsigned long)frames[i]);
        if (write(fd, text, (size_t)length) != length)
            return;
    }
}
