#include "messages.h"

#include <stdio.h>

int main(void) {
    const char* fault = check_messages();
    puts(fault ? fault : "ok");
    return fault != NULL;
}
