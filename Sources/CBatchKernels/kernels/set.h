// All kernels for the instruction set of the including file, which has defined
//   SET             the name of the table, VECTOR_BYTES and VECTOR_REGISTERS, and pushed the target attribute.

#include "elementary_functions.h"
#include "philox.h"

// Reductions vectorise only when sums may be reordered; C's strict order runs 15 times slower.
#define BK_FAST_SUMS _Pragma("clang fp reassociate(on) contract(fast)")

#define BK_JOIN_(a, b, c) a##b##_##c
#define BK_JOIN(a, b, c) BK_JOIN_(a, b, c)
#define BK(name) BK_JOIN(bk_, name, SUFFIX)

#define LANE_COUNT (VECTOR_BYTES / REAL_BYTES)
#define LANES ((ptrdiff_t)LANE_COUNT)
#define VEC BK(vec)

// What a tile is built for: of 32 registers 24 hold 6 rows by 4 vectors, of 16 registers 12 hold 6 rows by 2. A panel
// is as wide; the number of floats in a row of it bounds that of any REAL.
enum { PANEL_VECTORS = VECTOR_REGISTERS == 32 ? 4 : 2, PANEL_FLOATS = PANEL_VECTORS * VECTOR_BYTES / 4 };

// The length of pieces, none longer than `longest`, that share `count` out evenly: a short last one would be mostly
// overhead.
BK_INLINE ptrdiff_t bk_even_piece(ptrdiff_t count, ptrdiff_t longest) {
  const ptrdiff_t pieces = (count + longest - 1) / longest;
  return pieces > 1 ? (count + pieces - 1) / pieces : count;
}

#define BK_UNROLL _Pragma("clang loop unroll(full)")

#define REAL float
#define REAL_BYTES 4
#define SUFFIX f32
#include "family.h"
#undef REAL
#undef REAL_BYTES
#undef SUFFIX

#define REAL double
#define REAL_BYTES 8
#define SUFFIX f64
#include "family.h"
#undef REAL
#undef REAL_BYTES
#undef SUFFIX
