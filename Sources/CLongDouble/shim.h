#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers as INCRBYFLOAT reads and writes them: in C's long double, which Swift does not have on all
   processors. */

/* Longest text of a number, its zero byte included. */
enum { CLONGDOUBLE_TEXT_MAX = 5 * 1024 };

enum {
    CLONGDOUBLE_NOT_A_NUMBER = -1, /* one of the texts is no number */
    CLONGDOUBLE_NOT_FINITE = -2    /* the sum is infinite or no number */
};

/* Reads the number that all of text spells. Returns whether there is one. */
static inline int clongdouble_read(const void *text, size_t count, long double *value) {
    char buffer[CLONGDOUBLE_TEXT_MAX];
    char *end;
    if (count == 0 || count >= sizeof(buffer)) return 0;
    memcpy(buffer, text, count);
    buffer[count] = 0;
    errno = 0;
    *value = strtold(buffer, &end);
    if (isspace((unsigned char)buffer[0]) || (size_t)(end - buffer) != count) return 0;
    if (errno == ERANGE && (isinf(*value) || fpclassify(*value) == FP_ZERO)) return 0;
    return errno != EINVAL && !isnan(*value);
}

/* Writes a finite number without an exponent and without zeros at its end. Returns its length. */
static inline int clongdouble_write(long double value, char *text) {
    int length = snprintf(text, CLONGDOUBLE_TEXT_MAX, "%.17Lf", value);
    if (length < 0 || length >= CLONGDOUBLE_TEXT_MAX) return 0;
    if (memchr(text, '.', (size_t)length)) {
        while (text[length - 1] == '0') length--;
        if (text[length - 1] == '.') length--;
    }
    if (length == 2 && text[0] == '-' && text[1] == '0') {
        text[0] = '0';
        length = 1;
    }
    return length;
}

/* Adds the numbers in two texts, of which the first may be missing, and writes the sum to result,
   which has CLONGDOUBLE_TEXT_MAX bytes. Returns its length, or one of the codes above. */
static inline int clongdouble_add(
    const void *left, size_t left_count, int has_left, const void *right, size_t right_count,
    char *result) {
    long double value = 0, step;
    if (has_left && !clongdouble_read(left, left_count, &value)) return CLONGDOUBLE_NOT_A_NUMBER;
    if (!clongdouble_read(right, right_count, &step)) return CLONGDOUBLE_NOT_A_NUMBER;
    value += step;
    if (isnan(value) || isinf(value)) return CLONGDOUBLE_NOT_FINITE;
    return clongdouble_write(value, result);
}
