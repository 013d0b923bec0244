/* User-level context switches. */
#pragma once

#include <signal.h>
#include <sys/cdefs.h>
#include <sys/ucontext.h>

__BEGIN_DECLS
int getcontext(ucontext_t* context);
int setcontext(const ucontext_t* context);
void makecontext(ucontext_t* context, void (*function)(void), int argc, ...);
int swapcontext(ucontext_t* __restrict old, const ucontext_t* __restrict context);
__END_DECLS
