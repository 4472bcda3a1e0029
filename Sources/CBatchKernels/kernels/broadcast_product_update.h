// The gradient of the weights and their update in one pass: the gradient is used while it is in registers or in the cache
// and never written to memory. At small batches the weights and the optimizer's state are all that a step moves.

#ifndef BK_BROADCAST_PRODUCT_UPDATE_ONCE
#define BK_BROADCAST_PRODUCT_UPDATE_ONCE

enum {
  // The rows whose gradient is in registers at once, beside what the rules need.
  UPDATE_ROWS = 4,
  // Of a deep contraction, the columns whose gradient is formed before it is used: so many that copying A pays.
  UPDATE_COLUMNS = 256,
  UPDATE_SCRATCH = ROW_BLOCK * UPDATE_COLUMNS,
};

#endif

// What a shallow update works on; rows and panels as in bk_broadcast_product.
typedef struct {
  const bk_broadcast_product *product;
  BK(rule) rule;
  REAL *state0, *state1;
} BK(shallow);

// Some rows of a panel: the gradient stays in registers. `rule` and `rows` are constants wherever this is inlined.
BK_INLINE void BK(shallow_tile)(const bk_rule rule, const int rows, const BK(shallow) * s, const REAL *a, const REAL *b,
                                ptrdiff_t offset) {
  const ptrdiff_t a_depth = s->product->a_depth, b_depth = s->product->b_depth;
  VEC sums[UPDATE_ROWS][PANEL_VECTORS];
  BK_UNROLL for (int i = 0; i < rows; i++) BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++) sums[i][v] = (VEC){0};
  for (ptrdiff_t left = s->product->depth; left > 0; left--) {
    VEC y[PANEL_VECTORS];
    BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++) y[v] = BK(load)(b + v * LANES);
    BK_UNROLL for (int i = 0; i < rows; i++)
      BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++) sums[i][v] += a[i] * y[v];
    a += a_depth;
    b += b_depth;
  }
  REAL *const weights = (REAL *)s->product->c + offset;
  BK_UNROLL for (int i = 0; i < rows; i++)
    BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++) {
      const ptrdiff_t at = (i * PANEL_VECTORS + v) * LANES;
      BK(update_vector)(rule, s->rule, weights + at, sums[i][v], rule == BK_SGD ? NULL : s->state0 + offset + at,
                        rule == BK_ADAM ? s->state1 + offset + at : NULL);
    }
}

// The whole of C, panel by panel from front to back. `rule` is a constant wherever this is inlined.
BK_INLINE void BK(shallow_update)(const bk_rule rule, const BK(shallow) * s) {
  const bk_broadcast_product *p = s->product;
  for (ptrdiff_t panel = 0; panel < p->panels; panel++) {
    const REAL *a = p->a, *const b = (const REAL *)p->b + panel * p->b_panel;
    ptrdiff_t offset = panel * p->c_panel, row = 0;
    for (; row + UPDATE_ROWS <= p->rows; row += UPDATE_ROWS) {
      BK(shallow_tile)(rule, UPDATE_ROWS, s, a, b, offset);
      a += UPDATE_ROWS;
      offset += UPDATE_ROWS * p->c_row;
    }
    for (; row < p->rows; row++) {
      BK(shallow_tile)(rule, 1, s, a, b, offset);
      a++;
      offset += p->c_row;
    }
  }
}

// Blocks of the gradient that stay in the cache, with A copied as for a product alone.
static void BK(deep_update)(const bk_broadcast_product *p, const bk_update *update, REAL *state0, REAL *state1,
                            REAL *scratch) {
  const ptrdiff_t width = PANEL_VECTORS * LANES;
  for (ptrdiff_t panel = 0; panel < p->panels; panel += UPDATE_COLUMNS / width) {
    const ptrdiff_t panels = BK(smaller)(UPDATE_COLUMNS / width, p->panels - panel);
    for (ptrdiff_t row = 0; row < p->rows; row += ROW_BLOCK) {
      const ptrdiff_t rows = BK(smaller)(ROW_BLOCK, p->rows - row);
      BK(tile) corner = {
          .depth = p->depth,
          .a = (const REAL *)p->a + row,
          .a_row = 1,
          .a_depth = p->a_depth,
          .b = (const REAL *)p->b + panel * p->b_panel,
          .b_depth = p->b_depth,
          .b_panel = p->b_panel,
          .c = scratch,
          .c_row = width,
          .c_panel = rows * width,
      };
      BK(broadcast_block)(corner, rows, panels, scratch + UPDATE_SCRATCH);
      for (ptrdiff_t i = 0; i < panels; i++) {
        const ptrdiff_t offset = (panel + i) * p->c_panel + row * p->c_row;
        BK(update)(update, rows * width, (REAL *)p->c + offset, scratch + i * rows * width,
                   state0 ? state0 + offset : NULL, state1 ? state1 + offset : NULL);
      }
    }
  }
}

// Below PACKED_DEPTH a tile of the gradient is a few multiplications, and a trip through the cache, short as it is, would
// cost more than they do.
static void BK(broadcast_product_update)(const bk_broadcast_product *p, const bk_update *update, REAL *state0,
                                         REAL *state1, REAL *scratch) {
  if (p->depth >= PACKED_DEPTH) {
    BK(deep_update)(p, update, state0, state1, scratch);
    return;
  }
  const BK(shallow) s = {p, BK(rule_of)(update), state0, state1};
  switch (update->rule) {
    case BK_SGD: BK(shallow_update)(BK_SGD, &s); break;
    case BK_MOMENTUM: BK(shallow_update)(BK_MOMENTUM, &s); break;
    case BK_NESTEROV: BK(shallow_update)(BK_NESTEROV, &s); break;
    case BK_ADAM: BK(shallow_update)(BK_ADAM, &s); break;
  }
}
