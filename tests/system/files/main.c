/* Files as POSIX has them, in a fresh directory below /tmp. The same program runs on Linux. */
#include "check.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int failures;

static void run(const char* name, void (*test)(void)) {
    char directory[] = "/tmp/hermit-files-XXXXXX";
    const int before = failures;
    CHECK(mkdtemp(directory) != NULL);
    CHECK(chdir(directory) == 0);
    test();
    CHECK(chdir("/") == 0);
    printf("%-12s %s\n", name, failures == before ? "ok" : "FAILED");
}

int main(void) {
    umask(022);
    run("io", test_io);
    run("descriptors", test_descriptors);
    run("names", test_names);
    run("rename", test_rename);
    run("links", test_links);
    run("status", test_status);
    run("directories", test_directories);
    run("paths", test_paths);
    run("devices", test_devices);
    run("waiting", test_waiting);
    run("stdio", test_stdio);
    printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
