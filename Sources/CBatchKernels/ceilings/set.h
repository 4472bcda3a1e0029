// All probes for the instruction set of the including file, which has defined SET, VECTOR_BYTES and ACCUMULATORS; none
// of them is defined afterwards.
#define REAL float
#include "fma.h"
#undef REAL
#define REAL double
#include "fma.h"
#undef REAL
#include "bandwidth.h"
#undef SET
#undef VECTOR_BYTES
#undef ACCUMULATORS
