/* Newlib declares this buffer for thread-local reentrancy data and forgets to define it. */
#include <reent.h>

_Thread_local char _tls_getlocalename_l_buf[sizeof _tls_getlocalename_l_buf];
