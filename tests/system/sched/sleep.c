// All cores idle for two seconds.
#include <stdio.h>
#include <unistd.h>

int main(void) {
    sleep(2);
    puts("ok");
    return 0;
}
