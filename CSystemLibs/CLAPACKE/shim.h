// C's complex types do not import into Swift and are not needed: stand-ins keep the header readable.
#define LAPACK_COMPLEX_CUSTOM
typedef struct { float re, im; } lapack_complex_float;
typedef struct { double re, im; } lapack_complex_double;
#include <lapacke.h>
