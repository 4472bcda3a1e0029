// What the kernels of one REAL share: their names and the vector type. Included once for each REAL.

typedef REAL VEC __attribute__((vector_size(VECTOR_BYTES)));
// The same at any address of a REAL, and over memory of that type.
typedef REAL BK(unaligned) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(REAL)), may_alias));

BK_INLINE VEC BK(load)(const REAL *p) { return *(const BK(unaligned) *)p; }
BK_INLINE void BK(store)(REAL *p, VEC v) { *(BK(unaligned) *)p = v; }

// Negative lanes become 0; a NaN stays: a diverged run must show itself.
BK_INLINE VEC BK(rectified)(VEC v) {
  typedef __typeof__(v < v) mask;
  return (VEC)((mask)v & ~(v < (VEC){0}));
}

BK_INLINE ptrdiff_t BK(smaller)(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
