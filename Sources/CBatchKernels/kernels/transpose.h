// Squares of LANES by LANES elements transposed in registers.

// The first and the second half of two vectors, element by element in turn.
#if LANE_COUNT == 2
#define FIRST_HALVES 0, 2
#define SECOND_HALVES 1, 3
#elif LANE_COUNT == 4
#define FIRST_HALVES 0, 4, 1, 5
#define SECOND_HALVES 2, 6, 3, 7
#elif LANE_COUNT == 8
#define FIRST_HALVES 0, 8, 1, 9, 2, 10, 3, 11
#define SECOND_HALVES 4, 12, 5, 13, 6, 14, 7, 15
#else
#define FIRST_HALVES 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define SECOND_HALVES 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#endif

// out[j][i] <- in[i][j] for i, j < LANES. Each round is a perfect shuffle of the rows: log2(LANES) of them transpose.
BK_INLINE void BK(transpose)(const REAL *in, ptrdiff_t in_row, REAL *out, ptrdiff_t out_row) {
  VEC rows[LANE_COUNT], shuffled[LANE_COUNT];
  BK_UNROLL for (int i = 0; i < LANE_COUNT; i++) rows[i] = BK(load)(in + i * in_row);
  BK_UNROLL for (int round = 1; round < LANE_COUNT; round *= 2) {
    BK_UNROLL for (int i = 0; i < LANE_COUNT / 2; i++) {
      shuffled[2 * i] = __builtin_shufflevector(rows[i], rows[i + LANE_COUNT / 2], FIRST_HALVES);
      shuffled[2 * i + 1] = __builtin_shufflevector(rows[i], rows[i + LANE_COUNT / 2], SECOND_HALVES);
    }
    BK_UNROLL for (int i = 0; i < LANE_COUNT; i++) rows[i] = shuffled[i];
  }
  BK_UNROLL for (int i = 0; i < LANE_COUNT; i++) BK(store)(out + i * out_row, rows[i]);
}

#undef FIRST_HALVES
#undef SECOND_HALVES
