/* The complex functions in 80-bit precision that Newlib has only where long double is double. */
#include <complex.h>
#include <math.h>

long double complex clogl(long double complex z) {
    return CMPLXL(logl(hypotl(creall(z), cimagl(z))), atan2l(cimagl(z), creall(z)));
}

long double complex csqrtl(long double complex z) {
    long double x = creall(z), y = cimagl(z);
    if (isinf(y))
        return CMPLXL(INFINITY, y);
    if (isinf(x)) {
        if (x > 0)
            return CMPLXL(x, isnan(y) ? y : copysignl(0, y));
        return CMPLXL(isnan(y) ? y : 0, copysignl(INFINITY, y));
    }
    if (x == 0 && y == 0)
        return CMPLXL(0, y);
    /* A quarter of z has no overflowing modulus; its root is half the root of z. */
    long double modulus = hypotl(x / 4, y / 4);
    long double half = sqrtl((modulus + fabsl(x / 4)) / 2);
    long double other = y / 8 / half;
    if (x >= 0)
        return CMPLXL(2 * half, 2 * other);
    return CMPLXL(fabsl(2 * other), copysignl(2 * half, y));
}

long double complex catanl(long double complex z) {
    long double x = creall(z), y = cimagl(z);
    long double real = atan2l(2 * x, (1 - x) * (1 + x) - y * y) / 2;
    long double imaginary = logl((x * x + (y + 1) * (y + 1)) / (x * x + (y - 1) * (y - 1))) / 4;
    return CMPLXL(real, imaginary);
}

long double complex cprojl(long double complex z) {
    if (isinf(creall(z)) || isinf(cimagl(z)))
        return CMPLXL(INFINITY, copysignl(0, cimagl(z)));
    return z;
}
