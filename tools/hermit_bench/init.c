/* The first and only process of the Linux that Hermitage is compared with: runs the jobs of /jobs
 * one after the other and hands their output out through the debug ports that Hermitage's channels
 * use, so that neither system pays for a slow console while it measures. Each job's output goes to
 * a file in memory and is copied when the job has ended.
 *
 * /jobs, line by line:   job NAME SECONDS   env NAME=VALUE   arg WORD   run
 * control channel:       LINUX first TICKS  LINUX fact NAME VALUE  LINUX begin NAME  LINUX end NAME
 * STATUS  LINUX done
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STDOUT_PORT = 0x500, STDERR_PORT = 0x501, CONTROL_PORT = 0x502, EXIT_PORT = 0x504 };
enum { WORDS = 64, TIMED_OUT = 124, NOT_RUN = 127 };

static void send(unsigned short port, const char* data, size_t size) {
    for (size_t i = 0; i < size; ++i) {
        outb((unsigned char)data[i], port);
    }
}

static void say(unsigned short port, const char* text) { send(port, text, strlen(text)); }

static void send_file(unsigned short port, const char* path) {
    static char buffer[1 << 16];
    const int file = open(path, O_RDONLY);
    ssize_t size;
    while (file >= 0 && (size = read(file, buffer, sizeof(buffer))) > 0) {
        send(port, buffer, (size_t)size);
    }
    close(file);
}

/* What of the system a reader of the results may want to know. */
static void say_fact(const char* name, const char* path) {
    say(CONTROL_PORT, "LINUX fact ");
    say(CONTROL_PORT, name);
    say(CONTROL_PORT, " ");
    send_file(CONTROL_PORT, path);
}

static void say_facts(void) {
    static const char kPlace[] = "/sys/devices/system/cpu/vulnerabilities/";
    static const char* const kMitigations[] = {
        "meltdown", "spectre_v1", "spectre_v2", "spec_store_bypass",
        "retbleed", "mds",        "l1tf",       "spec_rstack_overflow"};
    say_fact("version", "/proc/version");
    say_fact("command_line", "/proc/cmdline");
    say_fact("clock_source", "/sys/devices/system/clocksource/clocksource0/current_clocksource");
    for (size_t i = 0; i < sizeof(kMitigations) / sizeof(*kMitigations); ++i) {
        char path[128];
        snprintf(path, sizeof(path), "%s%s", kPlace, kMitigations[i]);
        if (access(path, R_OK) == 0) {
            say_fact(kMitigations[i], path);
        }
    }
}

static void redirect(int fd, const char* path) {
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, fd);
    close(file);
}

/* The kernel goes on with its start in the background for about two seconds (it calibrates its
 * clock, for one), which a measurement must not pay for. */
static void settle(void) {
    if (access("/jobs", R_OK) == 0) {
        sleep(3);
    }
}

struct job {
    char name[64];
    unsigned seconds;
    char* arguments[WORDS + 1];
    char* environment[WORDS + 1];
    int argument_count, environment_count;
};

/* The job's exit status as a shell shows it. */
static int run(struct job* job) {
    const pid_t child = fork();
    if (child == 0) {
        redirect(0, "/dev/null");
        redirect(1, "/stdout");
        redirect(2, "/stderr");
        setpgid(0, 0);
        alarm(job->seconds); /* stays across exec, and its default action ends the process */
        execve(job->arguments[0], job->arguments, job->environment);
        _exit(NOT_RUN);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
    }
    if (WIFSIGNALED(status)) {
        return WTERMSIG(status) == SIGALRM ? TIMED_OUT : 128 + WTERMSIG(status);
    }
    return WEXITSTATUS(status);
}

static void run_and_report(struct job* job) {
    char line[128];
    snprintf(line, sizeof(line), "LINUX begin %s\n", job->name);
    say(CONTROL_PORT, line);
    const int status = run(job);
    snprintf(line, sizeof(line), "LINUX end %s %d\n", job->name, status);
    const char kMark[] = "\nLINUX output of ";
    for (int port = STDOUT_PORT; port <= STDERR_PORT; ++port) {
        say((unsigned short)port, kMark);
        say((unsigned short)port, job->name);
        say((unsigned short)port, "\n");
        send_file((unsigned short)port, port == STDOUT_PORT ? "/stdout" : "/stderr");
    }
    say(CONTROL_PORT, line);
}

static void run_jobs(void) {
    FILE* const jobs = fopen("/jobs", "r");
    struct job job;
    memset(&job, 0, sizeof(job));
    char* line = NULL;
    size_t size = 0;
    ssize_t length;
    while (jobs != NULL && (length = getline(&line, &size, jobs)) > 0) {
        line[length - 1] = '\0';
        if (strncmp(line, "job ", 4) == 0) {
            memset(&job, 0, sizeof(job));
            sscanf(line, "job %63s %u", job.name, &job.seconds);
        } else if (strncmp(line, "env ", 4) == 0 && job.environment_count < WORDS) {
            job.environment[job.environment_count++] = strdup(line + 4);
        } else if (strncmp(line, "arg ", 4) == 0 && job.argument_count < WORDS) {
            job.arguments[job.argument_count++] = strdup(line + 4);
        } else if (strcmp(line, "run") == 0) {
            run_and_report(&job);
        }
    }
}

int main(void) {
    ioperm(STDOUT_PORT, EXIT_PORT + 4 - STDOUT_PORT, 1);
    char line[64];
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    snprintf(line, sizeof(line), "LINUX first %llu\n", (unsigned long long)high << 32 | low);
    say(STDOUT_PORT, line);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("sysfs", "/sys", "sysfs", 0, NULL);
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    settle();
    say_facts();
    run_jobs();
    say(CONTROL_PORT, "LINUX done\n");
    outl(0, EXIT_PORT);
    reboot(RB_AUTOBOOT);
}
