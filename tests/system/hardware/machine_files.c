// Shows the files about the machine that are named as arguments, each with its last two
// directories, and the NUMA node of each core, as the core itself tells it.
#define _GNU_SOURCE
#include "../libc/check.h"

#include <sched.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        char text[256];
        char path[256];
        snprintf(path, sizeof path, "/sys/devices/system/%s", argv[i]);
        FILE* const file = fopen(path, "r");
        CHECK(file != NULL);
        CHECK(fgets(text, sizeof text, file) != NULL);
        printf("%s %s", argv[i], text);
        fclose(file);
    }
    printf("nodes");
    for (int core = 0; core < sysconf(_SC_NPROCESSORS_ONLN); ++core) {
        unsigned cpu = 999;
        unsigned node = 999;
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(core, &set);
        CHECK_EQUAL(sched_setaffinity(0, sizeof set, &set), 0);
        CHECK_EQUAL(getcpu(&cpu, &node), 0);
        CHECK_EQUAL(cpu, core);
        printf(" %u", node);
    }
    printf("\n");
    return 0;
}
