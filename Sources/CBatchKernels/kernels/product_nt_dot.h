// C = A B^T with both operands read by vectors along the contraction: the gradient of the input, straight from the
// panels, without a transposed copy of the weights; and the forward pass of a narrow layer.
//
// A tile's sums are vectors of partial sums, added up at the end, four at a time.

#ifndef BK_PRODUCT_NT_DOT_ONCE
#define BK_PRODUCT_NT_DOT_ONCE

enum {
  NT_DOT_ROWS = VECTOR_REGISTERS == 32 ? 6 : 3,
  NT_DOT_COLUMNS = 4,
  // Of A, what stays in the first-level cache while the columns pass by, in bytes.
  NT_DOT_BYTES = 24 * 1024,
  // Of A, the rows that stay in the second-level cache; of B, the columns that pass by them together.
  NT_DOT_ROW_BLOCK = 96,
  NT_DOT_COLUMN_BLOCK = 16,
};

#endif

typedef REAL BK(four) __attribute__((vector_size(4 * sizeof(REAL))));

// The sums over the lanes of four vectors: neighbours are interleaved and added, which halves the work twice, and the
// last halves added.
BK_INLINE void BK(four_sums)(VEC a, VEC b, VEC c, VEC d, BK(four) * sums) {
#define S __builtin_shufflevector
#if LANE_COUNT == 2
  const VEC ab = S(a, b, 0, 2) + S(a, b, 1, 3), cd = S(c, d, 0, 2) + S(c, d, 1, 3);
  *sums = S(ab, cd, 0, 1, 2, 3);
#elif LANE_COUNT == 4
  const VEC ab = S(a, b, 0, 4, 2, 6) + S(a, b, 1, 5, 3, 7), cd = S(c, d, 0, 4, 2, 6) + S(c, d, 1, 5, 3, 7);
  *sums = S(ab, cd, 0, 1, 4, 5) + S(ab, cd, 2, 3, 6, 7);
#elif LANE_COUNT == 8 && REAL_BYTES == 4
#define EVEN 0, 8, 1, 9, 4, 12, 5, 13
#define ODD 2, 10, 3, 11, 6, 14, 7, 15
  const VEC ab = S(a, b, EVEN) + S(a, b, ODD), cd = S(c, d, EVEN) + S(c, d, ODD);
  const VEC both = S(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13) + S(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15);
  *sums = S(both, both, 0, 1, 2, 3) + S(both, both, 4, 5, 6, 7);
#elif LANE_COUNT == 8
#define EVEN 0, 8, 2, 10, 4, 12, 6, 14
#define ODD 1, 9, 3, 11, 5, 13, 7, 15
  const VEC ab = S(a, b, EVEN) + S(a, b, ODD), cd = S(c, d, EVEN) + S(c, d, ODD);
  const BK(four) low = S(ab, ab, 0, 1, 2, 3) + S(ab, ab, 4, 5, 6, 7), high = S(cd, cd, 0, 1, 2, 3) + S(cd, cd, 4, 5, 6, 7);
  *sums = S(low, high, 0, 1, 4, 5) + S(low, high, 2, 3, 6, 7);
#else
#define EVEN 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29
#define ODD 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31
  typedef REAL half __attribute__((vector_size(VECTOR_BYTES / 2)));
  const VEC ab = S(a, b, EVEN) + S(a, b, ODD), cd = S(c, d, EVEN) + S(c, d, ODD);
  const VEC all = S(ab, cd, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +
                  S(ab, cd, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  const half both = S(all, all, 0, 1, 2, 3, 4, 5, 6, 7) + S(all, all, 8, 9, 10, 11, 12, 13, 14, 15);
  *sums = S(both, both, 0, 1, 2, 3) + S(both, both, 4, 5, 6, 7);
#endif
#undef EVEN
#undef ODD
#undef S
}

// One tile: its operands, moved to its corner.
typedef struct {
  ptrdiff_t panels;
  const REAL *a;
  ptrdiff_t a_row;
  const REAL *b;
  ptrdiff_t b_row, b_panel;
  REAL *c;
  ptrdiff_t c_row;
  int accumulate;
} BK(nt_dot_tile);

// `rows` and `columns` are constants wherever this is inlined; `columns` is 1 or a multiple of 4.
BK_INLINE void BK(nt_dot_tile_sums)(const int rows, const int columns, const BK(nt_dot_tile) * t) {
  VEC sums[NT_DOT_ROWS][2 * NT_DOT_COLUMNS];
  BK_UNROLL for (int i = 0; i < rows; i++)
    BK_UNROLL for (int j = 0; j < columns; j++) sums[i][j] = (VEC){0};
  const REAL *a = t->a, *b = t->b;
  const ptrdiff_t a_row = t->a_row, b_row = t->b_row;
  const REAL *a3 = a + 3 * a_row;
  for (ptrdiff_t panel = 0; panel < t->panels; panel++) {
    BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++) {
      VEC x[NT_DOT_ROWS];
      BK_UNROLL for (int i = 0; i < rows; i++)
        x[i] = BK(load)((i < 3 ? a + i * a_row : a3 + (i - 3) * a_row) + v * LANES);
      BK_UNROLL for (int j = 0; j < columns; j++) {
        const VEC y = BK(load)(b + j * b_row + v * LANES);
        BK_UNROLL for (int i = 0; i < rows; i++) sums[i][j] += x[i] * y;
      }
    }
    a += PANEL_VECTORS * LANES;
    a3 += PANEL_VECTORS * LANES;
    b += t->b_panel;
  }
  BK_UNROLL for (int i = 0; i < rows; i++) {
    REAL *c = t->c + i * t->c_row;
    if (columns == 1) {
      BK(four) total;
      BK(four_sums)(sums[i][0], (VEC){0}, (VEC){0}, (VEC){0}, &total);
      *c = t->accumulate ? *c + total[0] : total[0];
      continue;
    }
    BK_UNROLL for (int j = 0; j < columns; j += 4) {
      BK(four) total, old;
      BK(four_sums)(sums[i][j], sums[i][j + 1], sums[i][j + 2], sums[i][j + 3], &total);
      if (t->accumulate) {
        memcpy(&old, c + j, sizeof old);
        total += old;
      }
      memcpy(c + j, &total, sizeof total);
    }
  }
}

#define BK_TILE(rows, columns)                                                                 \
  __attribute__((noinline)) static void BK(nt_dot_##rows##x##columns)(const BK(nt_dot_tile) * t) { \
    BK(nt_dot_tile_sums)(rows, columns, t);                                                       \
  }
BK_TILE(1, 1) BK_TILE(2, 1) BK_TILE(3, 1) BK_TILE(1, 4) BK_TILE(2, 4) BK_TILE(3, 4) BK_TILE(1, 8)
#if VECTOR_REGISTERS == 32
BK_TILE(4, 1) BK_TILE(5, 1) BK_TILE(6, 1) BK_TILE(4, 4) BK_TILE(5, 4) BK_TILE(6, 4) BK_TILE(2, 8) BK_TILE(3, 8)
#endif
#undef BK_TILE

typedef void BK(nt_dot_tile_function)(const BK(nt_dot_tile) *);

// A tile of so many rows, and the number of columns it spans, at most `columns`.
static BK(nt_dot_tile_function) *BK(choose_dot_tile)(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t *spanned) {
#if VECTOR_REGISTERS == 32
  static BK(nt_dot_tile_function) *const eight[] = {BK(nt_dot_1x8), BK(nt_dot_2x8), BK(nt_dot_3x8)};
  static BK(nt_dot_tile_function) *const four[] = {BK(nt_dot_1x4), BK(nt_dot_2x4), BK(nt_dot_3x4),
                                                BK(nt_dot_4x4), BK(nt_dot_5x4), BK(nt_dot_6x4)};
  static BK(nt_dot_tile_function) *const one[] = {BK(nt_dot_1x1), BK(nt_dot_2x1), BK(nt_dot_3x1),
                                               BK(nt_dot_4x1), BK(nt_dot_5x1), BK(nt_dot_6x1)};
  const ptrdiff_t eight_rows = 3;
#else
  static BK(nt_dot_tile_function) *const eight[] = {BK(nt_dot_1x8)};
  static BK(nt_dot_tile_function) *const four[] = {BK(nt_dot_1x4), BK(nt_dot_2x4), BK(nt_dot_3x4)};
  static BK(nt_dot_tile_function) *const one[] = {BK(nt_dot_1x1), BK(nt_dot_2x1), BK(nt_dot_3x1)};
  const ptrdiff_t eight_rows = 1;
#endif
  *spanned = columns >= 8 && rows <= eight_rows ? 8 : columns >= 4 ? 4 : 1;
  return (*spanned == 8 ? eight : *spanned == 4 ? four : one)[rows - 1];
}

// The tiles of some rows, few enough to stay in the first-level cache, and some columns.
static void BK(nt_dot_block)(BK(nt_dot_tile) corner, ptrdiff_t rows, ptrdiff_t columns) {
  const ptrdiff_t tiles = (rows + NT_DOT_ROWS - 1) / NT_DOT_ROWS, base = rows / tiles, taller = rows % tiles;
  for (ptrdiff_t column = 0, spanned = 1; column < columns; column += spanned) {
    BK(nt_dot_tile) t = corner;
    for (ptrdiff_t tile = 0; tile < tiles; tile++) {
      const ptrdiff_t height = base + (tile < taller);
      // All tiles of a block span the same: eight columns only where there is a single tile.
      BK(choose_dot_tile)(height, tiles == 1 ? columns - column : BK(smaller)(4, columns - column), &spanned)(&t);
      t.a += height * t.a_row;
      t.c += height * t.c_row;
    }
    corner.b += spanned * corner.b_row;
    corner.c += spanned;
  }
}

static void BK(product_nt_dot)(const bk_product_nt *p) {
  const ptrdiff_t width = PANEL_VECTORS * LANES;
  // A longer contraction goes in pieces, so that a tile's rows stay in the first-level cache.
  const ptrdiff_t longest = NT_DOT_BYTES / 2 / (ptrdiff_t)sizeof(REAL) / NT_DOT_ROWS / width;
  const ptrdiff_t panel_block = BK(smaller)(longest, p->panels);
  const ptrdiff_t fitting = panel_block > 0 ? NT_DOT_BYTES / (panel_block * width * (ptrdiff_t)sizeof(REAL)) : 1;
  const ptrdiff_t row_step = fitting / NT_DOT_ROWS * NT_DOT_ROWS > NT_DOT_ROWS ? fitting / NT_DOT_ROWS * NT_DOT_ROWS : NT_DOT_ROWS;
  const ptrdiff_t column_step = p->rows <= row_step ? p->columns : NT_DOT_COLUMN_BLOCK;
  for (ptrdiff_t block = 0; block < p->rows; block += NT_DOT_ROW_BLOCK) {
    const ptrdiff_t end = BK(smaller)(block + NT_DOT_ROW_BLOCK, p->rows);
    for (ptrdiff_t column = 0; column < p->columns; column += column_step) {
      ptrdiff_t first = 0;
      // Runs once for an empty contraction, too: C is then zero.
      do {
        const ptrdiff_t panels = BK(smaller)(panel_block, p->panels - first);
        for (ptrdiff_t row = block; row < end; row += row_step) {
          BK(nt_dot_tile) corner = {
              .panels = panels,
              .a = (const REAL *)p->a + row * p->a_row + first * width,
              .a_row = p->a_row,
              .b = (const REAL *)p->b + column * p->b_row + first * p->b_panel,
              .b_row = p->b_row,
              .b_panel = p->b_panel,
              .c = (REAL *)p->c + row * p->c_row + column,
              .c_row = p->c_row,
              .accumulate = first > 0,
          };
          BK(nt_dot_block)(corner, BK(smaller)(row_step, end - row), BK(smaller)(column_step, p->columns - column));
        }
        first += panels;
      } while (first < p->panels);
    }
  }
}
