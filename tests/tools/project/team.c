/* Says how many threads a team has. */
#include <omp.h>
#include <stdio.h>

int main(void) {
    int threads = 0;
#pragma omp parallel num_threads(3) reduction(+ : threads)
    threads += 1;
    printf("team of %d\n", threads);
    return 0;
}
