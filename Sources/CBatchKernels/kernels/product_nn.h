// C = A B with A broadcast element by element and B read by vectors: the forward pass.
//
// A tile keeps its part of C in registers over the whole contraction: 12 or 24 accumulators, enough to hide the latency
// of the multiply-add, and few enough loads that the load ports are no limit.

#ifndef BK_PRODUCT_NN_ONCE
#define BK_PRODUCT_NN_ONCE

enum {
  TILE_ROWS = 6,
  // Of A, the rows that stay in the second-level cache while the panels pass by.
  ROW_BLOCK = 96,
  // Of a panel, about what stays in the first-level cache while the rows pass by.
  DEPTH_BLOCK = 256,
  // Up to so many rows the weights are what is read, once, and blocks would only interrupt the stream.
  NARROW_ROWS = 16,
};

// The length of blocks that share `depth` out evenly: a short last block would be mostly overhead.
BK_INLINE ptrdiff_t bk_depth_block(ptrdiff_t depth) {
  const ptrdiff_t blocks = (depth + DEPTH_BLOCK / 2) / DEPTH_BLOCK;
  return blocks > 1 ? (depth + blocks - 1) / blocks : depth;
}

#endif

// One tile: its operands, moved to its corner.
typedef struct {
  ptrdiff_t depth;
  const REAL *a;
  ptrdiff_t a_row;
  const REAL *b;
  ptrdiff_t b_depth, b_panel;
  REAL *c;
  ptrdiff_t c_row, c_panel;
  const REAL *bias;
  int accumulate, relu;
} BK(tile);

// `rows` and `panels` are constants wherever this is inlined.
BK_INLINE void BK(nn_tile)(const int rows, const int panels, const BK(tile) * t) {
  enum { VECTORS = 8 };
  const int vectors = panels * PANEL_VECTORS;
  VEC sums[TILE_ROWS][VECTORS];
  BK_UNROLL for (int i = 0; i < rows; i++)
    BK_UNROLL for (int v = 0; v < vectors; v++) {
      sums[i][v] = t->bias ? BK(load)(t->bias + v * LANES) : (VEC){0};
      // C is needed at the end: it may come from far by then.
      if (v * VECTOR_BYTES % 64 == 0)
        __builtin_prefetch(t->c + i * t->c_row + v / PANEL_VECTORS * t->c_panel + v % PANEL_VECTORS * LANES, 1);
    }
  const ptrdiff_t a_row = t->a_row, b_depth = t->b_depth, b_panel = t->b_panel;
  const REAL *a = t->a, *b = t->b;
  // Addresses of the form base + {0, 1, 2} * stride are free; a third row of the second base would cost an instruction.
  const REAL *a3 = a + 3 * a_row;
#pragma clang loop unroll_count(4)
  for (ptrdiff_t left = t->depth; left > 0; left--) {
    // What is fewer, elements of A or vectors of B, stays in registers while the other passes by.
    if (rows < vectors) {
      REAL x[TILE_ROWS];
      BK_UNROLL for (int i = 0; i < rows; i++) x[i] = i < 3 ? a[i * a_row] : a3[(i - 3) * a_row];
      BK_UNROLL for (int v = 0; v < vectors; v++) {
        const VEC y = BK(load)(b + v / PANEL_VECTORS * b_panel + v % PANEL_VECTORS * LANES);
        BK_UNROLL for (int i = 0; i < rows; i++) sums[i][v] += x[i] * y;
      }
    } else {
      VEC y[VECTORS];
      BK_UNROLL for (int v = 0; v < vectors; v++)
        y[v] = BK(load)(b + v / PANEL_VECTORS * b_panel + v % PANEL_VECTORS * LANES);
      BK_UNROLL for (int i = 0; i < rows; i++) {
        const REAL x = i < 3 ? a[i * a_row] : a3[(i - 3) * a_row];
        BK_UNROLL for (int v = 0; v < vectors; v++) sums[i][v] += x * y[v];
      }
    }
    a++;
    a3++;
    b += b_depth;
  }
  BK_UNROLL for (int i = 0; i < rows; i++)
    BK_UNROLL for (int v = 0; v < vectors; v++) {
      REAL *c = t->c + i * t->c_row + v / PANEL_VECTORS * t->c_panel + v % PANEL_VECTORS * LANES;
      const VEC sum = t->accumulate ? sums[i][v] + BK(load)(c) : sums[i][v];
      BK(store)(c, t->relu ? BK(rectified)(sum) : sum);
    }
}

#define BK_TILE(rows, panels)                                                                        \
  __attribute__((noinline)) static void BK(nn_##rows##x##panels)(const BK(tile) * t) { \
    BK(nn_tile)(rows, panels, t);                                                             \
  }
BK_TILE(1, 1) BK_TILE(2, 1) BK_TILE(3, 1) BK_TILE(4, 1) BK_TILE(5, 1) BK_TILE(6, 1)
// One row would keep only two or four sums going: several panels side by side.
#if VECTOR_REGISTERS == 32
BK_TILE(1, 2) BK_TILE(2, 2)
#else
BK_TILE(1, 4) BK_TILE(2, 2) BK_TILE(3, 2)
#endif
#undef BK_TILE

typedef void BK(tile_function)(const BK(tile) *);

// A tile of so many rows, and the number of panels it spans, at most `panels`.
static BK(tile_function) *BK(choose_tile)(ptrdiff_t rows, ptrdiff_t panels, ptrdiff_t *spanned) {
#define BK_CHOICE(rows, span) (*spanned = span, BK(nn_##rows##x##span))
#if VECTOR_REGISTERS == 32
  if (rows == 1 && panels >= 2) return BK_CHOICE(1, 2);
  if (rows == 2 && panels >= 2) return BK_CHOICE(2, 2);
#else
  if (rows == 1 && panels >= 4) return BK_CHOICE(1, 4);
  if (rows == 2 && panels >= 2) return BK_CHOICE(2, 2);
  if (rows == 3 && panels >= 2) return BK_CHOICE(3, 2);
#endif
  switch (rows) {
    case 1: return BK_CHOICE(1, 1);
    case 2: return BK_CHOICE(2, 1);
    case 3: return BK_CHOICE(3, 1);
    case 4: return BK_CHOICE(4, 1);
    case 5: return BK_CHOICE(5, 1);
    default: return BK_CHOICE(6, 1);
  }
#undef BK_CHOICE
}

// Rows dealt out to tiles evenly: 9 rows are 5 and 4, never 6 and 3. The first `taller` tiles have a row more.
typedef struct {
  ptrdiff_t tiles, height, taller;
} BK(tiling);

BK_INLINE BK(tiling) BK(tile_rows)(ptrdiff_t rows) {
  const ptrdiff_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
  return (BK(tiling)){tiles, rows / tiles, rows % tiles};
}

// The tiles of a block of at most ROW_BLOCK rows, over all of its panels.
static void BK(nn_block)(BK(tile) corner, ptrdiff_t rows, ptrdiff_t panels) {
  const BK(tiling) tiling = BK(tile_rows)(rows);
  for (ptrdiff_t panel = 0, spanned = 1; panel < panels; panel += spanned) {
    BK(tile) t = corner;
    for (ptrdiff_t tile = 0; tile < tiling.tiles; tile++) {
      const ptrdiff_t height = tiling.height + (tile < tiling.taller);
      // All tiles of a block span the same: several panels only where there is a single tile.
      BK(choose_tile)(height, tiling.tiles == 1 ? panels - panel : 1, &spanned)(&t);
      t.a += height * t.a_row;
      t.c += height * t.c_row;
    }
    corner.b += spanned * corner.b_panel;
    corner.c += spanned * corner.c_panel;
    if (corner.bias) corner.bias += spanned * PANEL_VECTORS * LANES;
  }
}

// The whole of C, as blocks of rows and of the contraction.
static void BK(product_nn)(const bk_product_nn *p) {
  const ptrdiff_t depth_block = p->rows <= NARROW_ROWS ? p->depth : bk_depth_block(p->depth);
  for (ptrdiff_t row = 0; row < p->rows; row += ROW_BLOCK) {
    ptrdiff_t first = 0;
    // Runs once for an empty contraction, too: C is then the bias.
    do {
      const ptrdiff_t depth = BK(smaller)(depth_block, p->depth - first);
      BK(tile) corner = {
          .depth = depth,
          .a = (const REAL *)p->a + row * p->a_row + first,
          .a_row = p->a_row,
          .b = (const REAL *)p->b + first * p->b_depth,
          .b_depth = p->b_depth,
          .b_panel = p->b_panel,
          .c = (REAL *)p->c + row * p->c_row,
          .c_row = p->c_row,
          .c_panel = p->c_panel,
          .bias = first == 0 ? p->bias : NULL,
          .accumulate = first > 0,
          .relu = p->relu && first + depth >= p->depth,
      };
      BK(nn_block)(corner, BK(smaller)(ROW_BLOCK, p->rows - row), p->panels);
      first += depth;
    } while (first < p->depth);
  }
}
