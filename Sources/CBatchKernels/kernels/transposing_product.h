// C = A B^T like dot_product, for many rows: B is transposed panel by panel, and what is then a product of rows of A with
// panels runs at the speed of the forward pass. The transposed block is used by all rows and forgotten.

#ifndef BK_TRANSPOSING_PRODUCT_ONCE
#define BK_TRANSPOSING_PRODUCT_ONCE

// The columns of C whose part of B is transposed together.
enum { TRANSPOSED_COLUMNS = 256, TRANSPOSE_SCRATCH = TRANSPOSED_COLUMNS * LONGEST_DEPTH_BLOCK };

#endif

// out[j][i] = in[i][j] for 4 by 4 elements.
BK_INLINE void BK(transpose_4x4)(const REAL *in, ptrdiff_t in_row, REAL *out, ptrdiff_t out_row) {
#define S __builtin_shufflevector
  BK(four) a, b, c, d;
  memcpy(&a, in, sizeof a);
  memcpy(&b, in + in_row, sizeof b);
  memcpy(&c, in + 2 * in_row, sizeof c);
  memcpy(&d, in + 3 * in_row, sizeof d);
  const BK(four) ab0 = S(a, b, 0, 4, 1, 5), ab1 = S(a, b, 2, 6, 3, 7);
  const BK(four) cd0 = S(c, d, 0, 4, 1, 5), cd1 = S(c, d, 2, 6, 3, 7);
  a = S(ab0, cd0, 0, 1, 4, 5);
  b = S(ab0, cd0, 2, 3, 6, 7);
  c = S(ab1, cd1, 0, 1, 4, 5);
  d = S(ab1, cd1, 2, 3, 6, 7);
  memcpy(out, &a, sizeof a);
  memcpy(out + out_row, &b, sizeof b);
  memcpy(out + 2 * out_row, &c, sizeof c);
  memcpy(out + 3 * out_row, &d, sizeof d);
#undef S
}

// One panel of B transposed: out[d][j] = B[j][first + d] for j < columns, zero beyond; first and depth are multiples of
// 4.
static void BK(transpose_panel)(const bk_dot_product *p, ptrdiff_t column, ptrdiff_t columns, ptrdiff_t first,
                                ptrdiff_t depth, REAL *out) {
  const ptrdiff_t width = PANEL_VECTORS * LANES;
  if (columns < width) memset(out, 0, (size_t)(depth * width) * sizeof(REAL));
  for (ptrdiff_t d = 0; d < depth; d += 4) {
    const ptrdiff_t at = first + d;
    const REAL *in = (const REAL *)p->b + at / width * p->b_panel + column * p->b_row + at % width;
    ptrdiff_t j = 0;
    for (; j + 4 <= columns; j += 4) BK(transpose_4x4)(in + j * p->b_row, p->b_row, out + d * width + j, width);
    for (; j < columns; j++)
      for (ptrdiff_t i = 0; i < 4; i++) out[(d + i) * width + j] = in[j * p->b_row + i];
  }
}

static void BK(transposing_product)(const bk_dot_product *p, REAL *scratch) {
  const ptrdiff_t width = PANEL_VECTORS * LANES;
  const ptrdiff_t all = p->panels * width;
  // A multiple of 4, which every panel width is.
  const ptrdiff_t depth_block = (bk_depth_block(all) + 3) / 4 * 4;
  for (ptrdiff_t column = 0; column < p->columns; column += TRANSPOSED_COLUMNS) {
    const ptrdiff_t columns = BK(smaller)(TRANSPOSED_COLUMNS, p->columns - column);
    const ptrdiff_t panels = (columns + width - 1) / width;
    for (ptrdiff_t first = 0; first < all; first += depth_block) {
      const ptrdiff_t depth = BK(smaller)(depth_block, all - first);
      for (ptrdiff_t panel = 0; panel < panels; panel++)
        BK(transpose_panel)(p, column + panel * width, BK(smaller)(width, columns - panel * width), first, depth,
                            scratch + panel * depth * width);
      for (ptrdiff_t row = 0; row < p->rows; row += ROW_BLOCK) {
        BK(tile) corner = {
            .depth = depth,
            .a = (const REAL *)p->a + row * p->a_row + first,
            .a_row = p->a_row,
            .a_depth = 1,
            .b = scratch,
            .b_depth = width,
            .b_panel = depth * width,
            .c = (REAL *)p->c + row * p->c_row + column,
            .c_row = p->c_row,
            .c_panel = width,
            .accumulate = first > 0,
        };
        BK(broadcast_block)(corner, BK(smaller)(ROW_BLOCK, p->rows - row), panels, NULL);
      }
    }
  }
}
