// Clang's thread-safety annotations; nothing for other compilers.
#pragma once

#ifdef __clang__
#define HERMIT_CAPABILITY(name) __attribute__((capability(name)))
#define HERMIT_SCOPED_CAPABILITY __attribute__((scoped_lockable))
#define HERMIT_GUARDED_BY(lock) __attribute__((guarded_by(lock)))
#define HERMIT_REQUIRES(...) __attribute__((requires_capability(__VA_ARGS__)))
#define HERMIT_ACQUIRE(...) __attribute__((acquire_capability(__VA_ARGS__)))
#define HERMIT_RELEASE(...) __attribute__((release_capability(__VA_ARGS__)))
#define HERMIT_EXCLUDES(...) __attribute__((locks_excluded(__VA_ARGS__)))
#define HERMIT_NO_THREAD_SAFETY __attribute__((no_thread_safety_analysis))
#else
#define HERMIT_CAPABILITY(name)
#define HERMIT_SCOPED_CAPABILITY
#define HERMIT_GUARDED_BY(lock)
#define HERMIT_REQUIRES(...)
#define HERMIT_ACQUIRE(...)
#define HERMIT_RELEASE(...)
#define HERMIT_EXCLUDES(...)
#define HERMIT_NO_THREAD_SAFETY
#endif
