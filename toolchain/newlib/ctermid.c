#include <stdio.h>
#include <string.h>

char* ctermid(char* name) {
    static char own[L_ctermid];
    return strcpy(name ? name : own, "/dev/tty");
}
