/* What an operation costs: repeated in a loop, in several blocks, of which the median counts. One
 * block is thrown away before as a warm-up, and the loop without the operation is subtracted.
 *
 * Under hermit-run --icount all is exact; otherwise the median leaves out the blocks in which this
 * machine did something else.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include "ticks.h"

#define BLOCKS 9

/* Sorts `values`. */
static inline double median(double* values, int count) {
    for (int i = 1; i < count; ++i) {
        const double value = values[i];
        int place = i;
        for (; place > 0 && values[place - 1] > value; --place) {
            values[place] = values[place - 1];
        }
        values[place] = value;
    }
    return count % 2 != 0 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* Ticks per round of a loop of `rounds` rounds, the loop included. The empty assembly keeps the
 * compiler from unrolling it. */
#define TICKS_PER_ROUND(rounds, ...)                                                               \
    __extension__({                                                                                \
        const uint64_t start_ = ticks();                                                           \
        for (long i_ = 0; i_ < (rounds); ++i_) {                                                   \
            __asm__ volatile("" : "+r"(i_));                                                       \
            __VA_ARGS__;                                                                           \
        }                                                                                          \
        (double)(ticks() - start_) / (double)(rounds);                                             \
    })

/* What TICKS_PER_ROUND gives for no operation. */
static inline double empty_loop_ticks(long rounds) {
    double blocks[BLOCKS];
    for (int block = -1; block < BLOCKS; ++block) {
        const double average = TICKS_PER_ROUND(rounds, (void)0);
        if (block >= 0) {
            blocks[block] = average;
        }
    }
    return median(blocks, BLOCKS);
}

/* Ticks of one operation: the median of blocks of `rounds` rounds. */
#define MEASURE(rounds, ...)                                                                       \
    __extension__({                                                                                \
        double blocks_[BLOCKS];                                                                    \
        for (int block_ = -1; block_ < BLOCKS; ++block_) {                                         \
            const double average_ = TICKS_PER_ROUND(rounds, __VA_ARGS__);                          \
            if (block_ >= 0) {                                                                     \
                blocks_[block_] = average_;                                                        \
            }                                                                                      \
        }                                                                                          \
        median(blocks_, BLOCKS) - empty_loop_ticks(rounds);                                        \
    })

#endif
