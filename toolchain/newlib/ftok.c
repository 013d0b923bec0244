/* A System V key from a file: its device and inode numbers and eight bits of the caller's. */
#include <sys/ipc.h>
#include <sys/stat.h>

key_t ftok(const char* path, int id) {
    struct stat status;
    if (stat(path, &status) != 0)
        return -1;
    return (key_t)((status.st_ino & 0xffff) | (status.st_dev & 0xff) << 16 |
                   ((unsigned)id & 0xff) << 24);
}
