/* Says how many ticks of the time-stamp counter, which starts at zero with the machine, have passed
 * when the program begins: under hermit-run --icount the instructions of the whole start. Its first
 * line is also what the time to start is measured by.
 */
#include "report.h"
#include "ticks.h"

int main(void) {
    report_row("ticks to the first line", (double)ticks(), "ticks");
    return 0;
}
