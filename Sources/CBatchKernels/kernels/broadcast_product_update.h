// The gradient of the weights and their update in one pass: a block of the gradient is used while it is in the cache
// and never written to memory. At small batches the weights and the optimizer's state are all that a step moves.

#ifndef BK_BROADCAST_PRODUCT_UPDATE_ONCE
#define BK_BROADCAST_PRODUCT_UPDATE_ONCE

// The columns whose gradient is formed at once; with A copied more of them, so that the copy serves more.
enum { UPDATE_COLUMNS = 64, PACKED_UPDATE_COLUMNS = 256, UPDATE_SCRATCH = ROW_BLOCK * PACKED_UPDATE_COLUMNS };

#endif

static void BK(broadcast_product_update)(const bk_broadcast_product *p, const bk_update *update, REAL *state0,
                                         REAL *state1, REAL *scratch) {
  const ptrdiff_t width = PANEL_VECTORS * LANES;
  const int packed = p->depth >= PACKED_DEPTH;
  const ptrdiff_t together = (packed ? PACKED_UPDATE_COLUMNS : UPDATE_COLUMNS) / width;
  for (ptrdiff_t panel = 0; panel < p->panels; panel += together) {
    const ptrdiff_t panels = BK(smaller)(together, p->panels - panel);
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
      BK(broadcast_block)(corner, rows, panels, packed ? scratch + UPDATE_SCRATCH : NULL);
      for (ptrdiff_t i = 0; i < panels; i++) {
        const ptrdiff_t offset = (panel + i) * p->c_panel + row * p->c_row;
        BK(update)(update, rows * width, (REAL *)p->c + offset, scratch + i * rows * width,
                   state0 ? state0 + offset : NULL, state1 ? state1 + offset : NULL);
      }
    }
  }
}
