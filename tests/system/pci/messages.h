/* Between the program and its part that is compiled as kernel core. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/* Has two devices interrupt both cores by messages. Null, or what went wrong. */
const char* check_messages(void);

#ifdef __cplusplus
}
#endif
