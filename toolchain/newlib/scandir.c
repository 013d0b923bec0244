/* A whole directory at once, filtered and sorted. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int alphasort(const struct dirent** a, const struct dirent** b) {
    return strcoll((*a)->d_name, (*b)->d_name);
}
int versionsort(const struct dirent** a, const struct dirent** b) {
    return strverscmp((*a)->d_name, (*b)->d_name);
}

static int append(struct dirent*** list, size_t* count, size_t* capacity,
                  const struct dirent* entry) {
    if (*count == *capacity) {
        size_t larger = *capacity ? 2 * *capacity : 16;
        struct dirent** moved = realloc(*list, larger * sizeof **list);
        if (!moved)
            return -1;
        *list = moved;
        *capacity = larger;
    }
    struct dirent* copy = malloc(sizeof *copy);
    if (!copy)
        return -1;
    memcpy(copy, entry, sizeof *copy);
    (*list)[(*count)++] = copy;
    return 0;
}

int scandir(const char* path, struct dirent*** result, int (*filter)(const struct dirent*),
            int (*compare)(const struct dirent**, const struct dirent**)) {
    DIR* directory = opendir(path);
    if (!directory)
        return -1;

    struct dirent **list = NULL, *entry;
    size_t count = 0, capacity = 0;
    int failed = 0;
    errno = 0;
    while (!failed && (entry = readdir(directory))) {
        if (!filter || filter(entry))
            failed = append(&list, &count, &capacity, entry);
        if (!failed)
            errno = 0;
    }
    int error = errno;
    closedir(directory);
    if (error) {
        while (count)
            free(list[--count]);
        free(list);
        errno = error;
        return -1;
    }
    if (compare && count)
        qsort(list, count, sizeof *list, (int (*)(const void*, const void*))compare);
    *result = list;
    return (int)count;
}
