// C = A B^T like product_nt_dot, for many rows, as C^T = B A^T: A, which is small beside B, is transposed on the way in
// and C on the way out, and what lies between runs like the forward pass: elements of B broadcast, rows of A^T read by
// vectors.

#ifndef BK_PRODUCT_NT_PACKED_ONCE
#define BK_PRODUCT_NT_PACKED_ONCE

enum {
  // The columns of C whose transposed sums wait in scratch to be turned: a multiple of every tile and vector.
  NT_PACKED_COLUMNS = 48,
  // The piece of the contraction whose part of A^T stays in the cache while the rows of B pass by.
  NT_PACKED_DEPTH = PANEL_VECTORS == 4 ? 1024 : 512,
  NT_PACKED_SCRATCH = (NT_PACKED_DEPTH + NT_PACKED_COLUMNS) * PANEL_FLOATS,
  // The most rows of C^T in registers at once, where one or two vectors are all that a tile is wide.
  NT_PACKED_ROWS = 12,
};

#endif

// Rows of C^T: B moved to the first of them, A^T as [panels * width][vectors * LANES], and where the sums go.
typedef struct {
  ptrdiff_t panels;
  const REAL *b;
  ptrdiff_t b_panel;
  const REAL *turned;
  REAL *sums;
} BK(nt_packed_tile);

// `rows` and `vectors` are constants wherever this is inlined.
BK_INLINE void BK(nt_packed_sums)(const int rows, const int vectors, const BK(nt_packed_tile) * t) {
  enum { WIDTH = PANEL_VECTORS * LANE_COUNT };
  VEC sums[NT_PACKED_ROWS][PANEL_VECTORS];
  BK_UNROLL for (int i = 0; i < rows; i++) BK_UNROLL for (int v = 0; v < vectors; v++) sums[i][v] = (VEC){0};
  const REAL *b = t->b, *turned = t->turned;
  for (ptrdiff_t panel = 0; panel < t->panels; panel++) {
    // The tile that follows reads the next rows of the same panels: too short a piece for the processor's prefetcher.
    BK_UNROLL for (int line = 0; line < rows * WIDTH * REAL_BYTES / 64; line++)
      __builtin_prefetch((const char *)(b + rows * WIDTH) + line * 64);
#pragma clang loop unroll_count(4)
    for (ptrdiff_t d = 0; d < WIDTH; d++) {
      VEC y[PANEL_VECTORS];
      BK_UNROLL for (int v = 0; v < vectors; v++) y[v] = BK(load)(turned + v * LANES);
      BK_UNROLL for (int i = 0; i < rows; i++)
        BK_UNROLL for (int v = 0; v < vectors; v++) sums[i][v] += b[i * WIDTH + d] * y[v];
      turned += vectors * LANES;
    }
    b += t->b_panel;
  }
  BK_UNROLL for (int i = 0; i < rows; i++)
    BK_UNROLL for (int v = 0; v < vectors; v++) BK(store)(t->sums + (i * vectors + v) * LANES, sums[i][v]);
}

#define BK_TILE(rows, vectors)                                                                           \
  __attribute__((noinline)) static void BK(nt_packed_##rows##x##vectors)(const BK(nt_packed_tile) * t) { \
    BK(nt_packed_sums)(rows, vectors, t);                                                                 \
  }
BK_TILE(1, 1) BK_TILE(2, 1) BK_TILE(4, 1) BK_TILE(6, 1) BK_TILE(12, 1)
BK_TILE(1, 2) BK_TILE(2, 2) BK_TILE(4, 2) BK_TILE(6, 2)
#if VECTOR_REGISTERS == 32
BK_TILE(12, 2)
BK_TILE(1, 3) BK_TILE(2, 3) BK_TILE(4, 3) BK_TILE(6, 3)
BK_TILE(1, 4) BK_TILE(2, 4) BK_TILE(4, 4) BK_TILE(6, 4)
#endif
#undef BK_TILE

// The sums of some rows of C^T in the highest tiles that fit.
static void BK(nt_packed_block)(BK(nt_packed_tile) t, ptrdiff_t rows, ptrdiff_t vectors) {
  typedef void tile(const BK(nt_packed_tile) * t);
#define BK_TILES(v) BK(nt_packed_1x##v), BK(nt_packed_2x##v), BK(nt_packed_4x##v), BK(nt_packed_6x##v)
  static tile *const all[PANEL_VECTORS][5] = {
      {BK_TILES(1), BK(nt_packed_12x1)},
#if VECTOR_REGISTERS == 32
      {BK_TILES(2), BK(nt_packed_12x2)}, {BK_TILES(3)}, {BK_TILES(4)},
#else
      {BK_TILES(2)},
#endif
  };
#undef BK_TILES
  static const ptrdiff_t heights[] = {1, 2, 4, 6, 12};
  for (int i = 4; i >= 0; i--) {
    tile *const function = all[vectors - 1][i];
    for (; function && rows >= heights[i]; rows -= heights[i]) {
      function(&t);
      t.b += heights[i] * PANEL_VECTORS * LANES;
      t.sums += heights[i] * vectors * LANES;
    }
  }
}

// A^T: turned[d][i] <- a[i][d] for i < rows, d < depth, zero for the other rows of `vectors` vectors.
static void BK(turn_in)(const REAL *a, ptrdiff_t a_row, ptrdiff_t rows, ptrdiff_t vectors, ptrdiff_t depth,
                        REAL *turned) {
  REAL square[LANE_COUNT * LANE_COUNT];
  for (ptrdiff_t v = 0; v < vectors; v++) {
    const ptrdiff_t filled = BK(smaller)(LANES, rows - v * LANES);
    const REAL *corner = a + v * LANES * a_row;
    for (ptrdiff_t d = 0; d < depth; d += LANES) {
      const REAL *in = corner + d;
      ptrdiff_t in_row = a_row;
      if (filled < LANES) {
        memset(square, 0, sizeof square);
        for (ptrdiff_t i = 0; i < filled; i++) BK(store)(square + i * LANES, BK(load)(in + i * a_row));
        in = square;
        in_row = LANES;
      }
      BK(transpose)(in, in_row, turned + d * vectors * LANES + v * LANES, vectors * LANES);
    }
  }
}

// C from its transposed sums: c[i][j] <- sums[j][i], added to what is there where `accumulate` says so.
static void BK(turn_out)(const REAL *sums, ptrdiff_t vectors, ptrdiff_t rows, ptrdiff_t columns, int accumulate, REAL *c,
                         ptrdiff_t c_row) {
  REAL square[LANE_COUNT * LANE_COUNT];
  for (ptrdiff_t j = 0; j < columns; j += LANES)
    for (ptrdiff_t i = 0; i < rows; i += LANES) {
      BK(transpose)(sums + j * vectors * LANES + i, vectors * LANES, square, LANES);
      const ptrdiff_t width = BK(smaller)(LANES, columns - j), height = BK(smaller)(LANES, rows - i);
      for (ptrdiff_t row = 0; row < height; row++) {
        REAL *out = c + (i + row) * c_row + j;
        VEC v = BK(load)(square + row * LANES);
        if (width < LANES) {
          for (ptrdiff_t lane = 0; lane < width; lane++) out[lane] = accumulate ? out[lane] + v[lane] : v[lane];
        } else {
          BK(store)(out, accumulate ? BK(load)(out) + v : v);
        }
      }
    }
}

static void BK(product_nt_packed)(const bk_product_nt *p, REAL *scratch) {
  const ptrdiff_t width = PANEL_VECTORS * LANES;
  // Rows that would leave more than a quarter of a vector empty go by dots.
  const ptrdiff_t left = p->rows % LANES, dots = left * 4 < LANES * 3 ? left : 0, rows = p->rows - dots;
  const ptrdiff_t panel_block = bk_even_piece(p->panels, NT_PACKED_DEPTH / width);
  REAL *const turned = scratch, *const sums = scratch + NT_PACKED_DEPTH * width;
  for (ptrdiff_t row = 0; row < rows; row += width) {
    const ptrdiff_t height = BK(smaller)(width, rows - row), vectors = (height + LANES - 1) / LANES;
    for (ptrdiff_t panel = 0; panel < p->panels; panel += panel_block) {
      const ptrdiff_t panels = BK(smaller)(panel_block, p->panels - panel);
      BK(turn_in)((const REAL *)p->a + row * p->a_row + panel * width, p->a_row, height, vectors, panels * width, turned);
      for (ptrdiff_t column = 0; column < p->columns; column += NT_PACKED_COLUMNS) {
        const ptrdiff_t columns = BK(smaller)(NT_PACKED_COLUMNS, p->columns - column);
        const BK(nt_packed_tile) t = {
            .panels = panels,
            .b = (const REAL *)p->b + panel * p->b_panel + column * width,
            .b_panel = p->b_panel,
            .turned = turned,
            .sums = sums,
        };
        BK(nt_packed_block)(t, columns, vectors);
        BK(turn_out)(sums, vectors, height, columns, panel > 0, (REAL *)p->c + row * p->c_row + column, p->c_row);
      }
    }
  }
  if (dots > 0) {
    bk_product_nt rest = *p;
    rest.rows = dots;
    rest.a = (const REAL *)p->a + rows * p->a_row;
    rest.c = (REAL *)p->c + rows * p->c_row;
    BK(product_nt_dot)(&rest);
  }
}
