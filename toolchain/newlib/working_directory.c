/* Older forms of getcwd. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char* get_current_dir_name(void) {
    char path[PATH_MAX];
    return getcwd(path, sizeof path) ? strdup(path) : NULL;
}

char* getwd(char* path) {
    if (!path) {
        errno = EINVAL;
        return NULL;
    }
    return getcwd(path, PATH_MAX);
}
