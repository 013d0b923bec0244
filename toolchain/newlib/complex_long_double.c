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

long double cargl(long double complex z) { return atan2l(cimagl(z), creall(z)); }

long double complex cexpl(long double complex z) {
    long double scale = expl(creall(z)), y = cimagl(z);
    return y == 0 ? CMPLXL(scale, y) : CMPLXL(scale * cosl(y), scale * sinl(y));
}

long double complex ccoshl(long double complex z) {
    long double x = creall(z), y = cimagl(z);
    return CMPLXL(coshl(x) * cosl(y), sinhl(x) * sinl(y));
}

long double complex csinhl(long double complex z) {
    long double x = creall(z), y = cimagl(z);
    return CMPLXL(sinhl(x) * cosl(y), coshl(x) * sinl(y));
}

long double complex ctanhl(long double complex z) {
    long double x = creall(z), y = cimagl(z);
    /* Beyond this the real part is one in this precision, and cosh would overflow in time. */
    if (fabsl(x) > 24)
        return CMPLXL(copysignl(1, x), 2 * expl(-2 * fabsl(x)) * sinl(2 * y));
    long double divisor = coshl(2 * x) + cosl(2 * y);
    return CMPLXL(sinhl(2 * x) / divisor, sinl(2 * y) / divisor);
}

/* The circular functions are the hyperbolic ones of i z, divided by i where they are odd. */
static long double complex times_i(long double complex z) { return CMPLXL(-cimagl(z), creall(z)); }
static long double complex over_i(long double complex z) { return CMPLXL(cimagl(z), -creall(z)); }

long double complex ccosl(long double complex z) { return ccoshl(times_i(z)); }
long double complex csinl(long double complex z) { return over_i(csinhl(times_i(z))); }
long double complex ctanl(long double complex z) { return over_i(ctanhl(times_i(z))); }

long double complex cpowl(long double complex base, long double complex exponent) {
    if (base == 0)
        return exponent == 0 ? 1 : 0;
    return cexpl(exponent * clogl(base));
}
