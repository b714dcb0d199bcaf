/* The first C header decides which names of Glibc there are, as with libevent. */
#include <features.h>
#include <string.h>
#include <zlib.h>

/* Makes `stream` read gzip. The macro of zlib is none that Swift imports. */
static inline int czlib_begin(z_stream *stream) {
    memset(stream, 0, sizeof(*stream));
    return inflateInit2(stream, 16 + MAX_WBITS);
}
