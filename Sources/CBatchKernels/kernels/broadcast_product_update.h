// The gradient of the weights and their update in one pass: a block of the gradient is used while it is in the cache
// and never written to memory. At small batches the weights and the optimizer's state are all that a step moves.

#ifndef BK_BROADCAST_PRODUCT_UPDATE_ONCE
#define BK_BROADCAST_PRODUCT_UPDATE_ONCE

// The panels whose gradient is kept while the batch passes by in blocks.
enum { UPDATE_COLUMNS = 256, UPDATE_SCRATCH = ROW_BLOCK * UPDATE_COLUMNS };

#endif

static void BK(broadcast_product_update)(const bk_broadcast_product *p, const bk_update *update, REAL *state0,
                                         REAL *state1, REAL *scratch) {
  const ptrdiff_t width = PANEL_VECTORS * LANES;
  const ptrdiff_t depth_block = bk_depth_block(p->depth);
  // A few panels, so that the gradient stays in the first-level cache, unless A is copied or comes in several blocks.
  const ptrdiff_t together = p->depth < PACKED_DEPTH ? 8 / PANEL_VECTORS : UPDATE_COLUMNS / width;
  for (ptrdiff_t panel = 0; panel < p->panels; panel += together) {
    const ptrdiff_t panels = BK(smaller)(together, p->panels - panel);
    for (ptrdiff_t row = 0; row < p->rows; row += ROW_BLOCK) {
      const ptrdiff_t rows = BK(smaller)(ROW_BLOCK, p->rows - row);
      for (ptrdiff_t first = 0; first < p->depth; first += depth_block) {
        BK(tile) corner = {
            .depth = BK(smaller)(depth_block, p->depth - first),
            .a = (const REAL *)p->a + row * p->a_row + first * p->a_depth,
            .a_row = p->a_row,
            .a_depth = p->a_depth,
            .b = (const REAL *)p->b + panel * p->b_panel + first * p->b_depth,
            .b_depth = p->b_depth,
            .b_panel = p->b_panel,
            .c = scratch,
            .c_row = width,
            .c_panel = rows * width,
            .accumulate = first > 0,
        };
        BK(broadcast_block)(corner, rows, panels, scratch + UPDATE_SCRATCH);
      }
      for (ptrdiff_t i = 0; i < panels; i++) {
        const ptrdiff_t offset = (panel + i) * p->c_panel + row * p->c_row;
        BK(update)(update, rows * width, (REAL *)p->c + offset, scratch + i * rows * width,
                   state0 ? state0 + offset : NULL, state1 ? state1 + offset : NULL);
      }
    }
  }
}
