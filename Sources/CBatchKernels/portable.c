// The kernels for what every processor of the architecture has: vectors of 16 bytes.
#include "bk_kernels.h"
#include "kernels/tables.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define SET portable
#define VECTOR_BYTES 16
#if defined(__aarch64__)
#define VECTOR_REGISTERS 32
#else
#define VECTOR_REGISTERS 16
#endif
#include "kernels/set.h"
