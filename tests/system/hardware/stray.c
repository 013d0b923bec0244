// Interrupts that nobody meant: each is counted, and none does harm. Applications run with the
// kernel's privileges, so they can raise any vector.
#include <stdio.h>

int main(void) {
    for (int i = 0; i < 3; ++i) {
        __asm__ volatile("int $0x27" ::: "memory"); // the first 8259's spurious interrupt
        __asm__ volatile("int $0x2F" ::: "memory"); // the second one's
        __asm__ volatile("int $0xFF" ::: "memory"); // the local APIC's
        __asm__ volatile("int $0x55" ::: "memory"); // a device nobody knows
    }
    puts("ok");
    return 0;
}
