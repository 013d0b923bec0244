/* The program's name, for messages; the start-up code sets both from argv[0]. */
#include <errno.h>

char* program_invocation_name = (char*)"";
char* program_invocation_short_name = (char*)"";
