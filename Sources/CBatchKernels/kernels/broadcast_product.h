// C = A B with A broadcast element by element and B read by vectors: the forward pass (A the activations) and the
// gradient of the weights (A the transposed activations).
//
// A tile keeps its part of C in registers over the whole contraction: 12 or 24 accumulators, enough to hide the latency
// of the multiply-add, and few enough loads that the load ports are no limit.

#ifndef BK_BROADCAST_PRODUCT_ONCE
#define BK_BROADCAST_PRODUCT_ONCE

// Of 32 registers 24 hold a tile of 6 rows by 4 vectors, of 16 registers 12 hold 6 rows by 2.
enum { PANEL_VECTORS = VECTOR_REGISTERS == 32 ? 4 : 2, TILE_ROWS = 6 };

enum {
  // Of A, the rows that stay in the second-level cache while the panels pass by.
  ROW_BLOCK = 96,
  // Of a panel, about what stays in the first-level cache while the rows pass by; a block is at most half longer.
  DEPTH_BLOCK = 256,
  LONGEST_DEPTH_BLOCK = DEPTH_BLOCK * 3 / 2,
  // Up to so many rows the weights are what is read, once, and blocks would only interrupt the stream.
  NARROW_ROWS = 16,
  // From so deep on a transposed A is copied tile by tile before it is used by all panels: read in place it touches a
  // cache line for every step, of which a tile needs a third.
  PACKED_DEPTH = 48,
  PACK_SCRATCH = (ROW_BLOCK + TILE_ROWS) * LONGEST_DEPTH_BLOCK,
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
  ptrdiff_t a_row, a_depth;
  const REAL *b;
  ptrdiff_t b_depth, b_panel;
  REAL *c;
  ptrdiff_t c_row, c_panel;
  const REAL *bias;
  int accumulate, relu;
} BK(tile);

// `rows` and `panels` are constants wherever this is inlined, as is whether A is `transposed` (a_row = 1).
BK_INLINE void BK(broadcast_tile)(const int rows, const int panels, const int transposed, const BK(tile) * t) {
  enum { VECTORS = 8 };
  const int vectors = panels * PANEL_VECTORS;
  VEC sums[TILE_ROWS][VECTORS];
  BK_UNROLL for (int i = 0; i < rows; i++)
    BK_UNROLL for (int v = 0; v < vectors; v++) {
      const ptrdiff_t column = v / PANEL_VECTORS * t->c_panel + v % PANEL_VECTORS * LANES;
      sums[i][v] = t->accumulate ? BK(load)(t->c + i * t->c_row + column)
                   : t->bias     ? BK(load)(t->bias + v * LANES)
                                 : (VEC){0};
    }
  const ptrdiff_t a_row = transposed ? 1 : t->a_row, a_depth = transposed ? t->a_depth : 1;
  const ptrdiff_t b_depth = t->b_depth, b_panel = t->b_panel;
  const REAL *a = t->a, *b = t->b;
  // Addresses of the form base + {0, 1, 2} * stride are free; a third row of the second base would cost an instruction.
  const REAL *a3 = a + 3 * a_row;
#pragma clang loop unroll_count(4)
  for (ptrdiff_t left = t->depth; left > 0; left--) {
    VEC row[VECTORS];
    BK_UNROLL for (int v = 0; v < vectors; v++)
      row[v] = BK(load)(b + v / PANEL_VECTORS * b_panel + v % PANEL_VECTORS * LANES);
    BK_UNROLL for (int i = 0; i < rows; i++) {
      const REAL x = i < 3 ? a[i * a_row] : a3[(i - 3) * a_row];
      BK_UNROLL for (int v = 0; v < vectors; v++) sums[i][v] += x * row[v];
    }
    a += a_depth;
    a3 += a_depth;
    b += b_depth;
  }
  BK_UNROLL for (int i = 0; i < rows; i++)
    BK_UNROLL for (int v = 0; v < vectors; v++) {
      const ptrdiff_t column = v / PANEL_VECTORS * t->c_panel + v % PANEL_VECTORS * LANES;
      BK(store)(t->c + i * t->c_row + column, t->relu ? BK(rectified)(sums[i][v]) : sums[i][v]);
    }
}

#define BK_TILE(rows, panels)                                                                                         \
  __attribute__((noinline)) static void BK(plain_##rows##x##panels)(const BK(tile) * t) {                             \
    BK(broadcast_tile)(rows, panels, 0, t);                                                                           \
  }                                                                                                                   \
  __attribute__((noinline)) static void BK(transposed_##rows##x##panels)(const BK(tile) * t) {                        \
    BK(broadcast_tile)(rows, panels, 1, t);                                                                           \
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
static BK(tile_function) *BK(choose_tile)(ptrdiff_t rows, int transposed, ptrdiff_t panels, ptrdiff_t *spanned) {
#define BK_CHOICE(rows, span) *spanned = span, transposed ? BK(transposed_##rows##x##span) : BK(plain_##rows##x##span)
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

// The height of tile number `tile` of `tiles` that share out `rows` evenly: 9 rows are 5 and 4, never 6 and 3.
BK_INLINE ptrdiff_t BK(tile_height)(ptrdiff_t rows, ptrdiff_t tiles, ptrdiff_t tile) {
  return rows / tiles + (tile < rows % tiles);
}

// Copies a transposed A tile by tile into [tile][depth][height], so that each tile is read front to back.
static void BK(pack_transposed)(const BK(tile) * corner, ptrdiff_t rows, REAL *packed) {
  const ptrdiff_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
  for (ptrdiff_t d = 0; d < corner->depth; d++) {
    const REAL *source = corner->a + d * corner->a_depth;
    REAL *target = packed;
    for (ptrdiff_t tile = 0; tile < tiles; tile++) {
      const ptrdiff_t height = BK(tile_height)(rows, tiles, tile);
      if (height == TILE_ROWS) {
        memcpy(target + d * TILE_ROWS, source, TILE_ROWS * sizeof(REAL));
      } else {
        for (ptrdiff_t i = 0; i < height; i++) target[d * height + i] = source[i];
      }
      source += height;
      target += height * corner->depth;
    }
  }
}

// The tiles of a block of at most ROW_BLOCK rows, over all of its panels. `scratch` holds PACK_SCRATCH elements; NULL
// where A is not transposed.
static void BK(broadcast_block)(BK(tile) corner, ptrdiff_t rows, ptrdiff_t panels, REAL *scratch) {
  const ptrdiff_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
  const int transposed = corner.a_row == 1 && corner.a_depth != 1;
  const int packed = transposed && scratch && corner.depth >= PACKED_DEPTH && panels > 1;
  if (packed) {
    BK(pack_transposed)(&corner, rows, scratch);
    corner.a = scratch;
  }
  for (ptrdiff_t panel = 0, spanned = 1; panel < panels; panel += spanned) {
    BK(tile) t = corner;
    for (ptrdiff_t tile = 0; tile < tiles; tile++) {
      const ptrdiff_t height = BK(tile_height)(rows, tiles, tile);
      if (packed) t.a_depth = height;
      // All tiles of a block span the same: several panels only where there is a single tile.
      BK(choose_tile)(height, transposed, tiles == 1 ? panels - panel : 1, &spanned)(&t);
      t.a += packed ? height * corner.depth : height * t.a_row;
      t.c += height * t.c_row;
    }
    corner.b += spanned * corner.b_panel;
    corner.c += spanned * corner.c_panel;
    if (corner.bias) corner.bias += spanned * PANEL_VECTORS * LANES;
  }
}

BK_INLINE ptrdiff_t BK(smaller)(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

static void BK(broadcast_product)(const bk_broadcast_product *p, REAL *scratch) {
  const int whole = p->rows <= NARROW_ROWS && p->a_depth == 1;
  const ptrdiff_t depth_block = whole ? p->depth : bk_depth_block(p->depth);
  for (ptrdiff_t row = 0; row < p->rows; row += ROW_BLOCK) {
    ptrdiff_t first = 0;
    // Runs once for an empty contraction, too: C is then the bias.
    do {
      const ptrdiff_t depth = BK(smaller)(depth_block, p->depth - first);
      BK(tile) corner = {
          .depth = depth,
          .a = (const REAL *)p->a + row * p->a_row + first * p->a_depth,
          .a_row = p->a_row,
          .a_depth = p->a_depth,
          .b = (const REAL *)p->b + first * p->b_depth,
          .b_depth = p->b_depth,
          .b_panel = p->b_panel,
          .c = (REAL *)p->c + row * p->c_row,
          .c_row = p->c_row,
          .c_panel = p->c_panel,
          .bias = p->bias,
          .accumulate = first > 0,
          .relu = p->relu && first + depth >= p->depth,
      };
      BK(broadcast_block)(corner, BK(smaller)(ROW_BLOCK, p->rows - row), p->panels, scratch);
      first += depth;
    } while (first < p->depth);
  }
}
