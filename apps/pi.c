/* Integrates 4/(1+x^2) over [0, 1] with pthreads: as many as there are cores, or as the first
 * argument says. The second one is the number of steps. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_THREADS 1024

struct part {
    pthread_t thread;
    long first, last, steps;
    double sum;
};

static void* integrate(void* argument) {
    struct part* const part = argument;
    const double width = 1.0 / (double)part->steps;
    double sum = 0.0;
    for (long i = part->first; i < part->last; ++i) {
        const double x = ((double)i + 0.5) * width;
        sum += 4.0 / (1.0 + x * x);
    }
    part->sum = sum * width;
    return NULL;
}

int main(int argc, char** argv) {
    const long threads = argc > 1 ? strtol(argv[1], NULL, 10) : sysconf(_SC_NPROCESSORS_ONLN);
    const long steps = argc > 2 ? strtol(argv[2], NULL, 10) : 10000000;
    if (threads < 1 || threads > MAX_THREADS || steps < threads) {
        fprintf(stderr, "usage: pi [THREADS [STEPS]]\n");
        return 2;
    }
    static struct part parts[MAX_THREADS];
    for (long i = 0; i < threads; ++i) {
        parts[i].first = steps / threads * i;
        parts[i].last = i + 1 == threads ? steps : steps / threads * (i + 1);
        parts[i].steps = steps;
        if (pthread_create(&parts[i].thread, NULL, integrate, &parts[i]) != 0) {
            perror("pi: pthread_create");
            return 2;
        }
    }
    double pi = 0.0;
    for (long i = 0; i < threads; ++i) {
        pthread_join(parts[i].thread, NULL);
        pi += parts[i].sum;
    }
    const double error = fabs(pi - acos(-1.0));
    printf("pi = %.12f with %ld threads, error %.1e\n", pi, threads, error);
    return error < 1e-9 ? 0 : 1;
}
