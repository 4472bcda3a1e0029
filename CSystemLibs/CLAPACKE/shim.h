// LAPACK's C interface. C's complex types do not import into Swift and are not needed: stand-ins keep the header
// readable. They differ from the library's own types, so that no complex routine may be called through this module.
#define LAPACK_COMPLEX_CUSTOM
typedef struct { float re, im; } lapack_complex_float;
typedef struct { double re, im; } lapack_complex_double;
#include <lapacke.h>
