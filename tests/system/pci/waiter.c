/* Gives the test time to look at the machine. */
#include <stdio.h>
#include <unistd.h>

int main(void) {
    puts("up");
    fflush(stdout);
    sleep(600);
    return 0;
}
