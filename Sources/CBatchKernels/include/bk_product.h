// Products of a dense layer, as the kernels see them: operands behind raw pointers, strides in elements.
//
// Weights lie in panels: [columns / width][inputs][width], zero-padded in the last panel, where `width` is the table's
// panel_width. A panel is what one core works on: contiguous, read front to back.
#ifndef BK_PRODUCT_H
#define BK_PRODUCT_H

#include <stddef.h>

// C[i][j] = sum over d < depth of A[i][d] * B[d][j], A[i][d] at i * a_row + d.
//
// Column j is column j % width of panel j / width; the address of an element is base + panel * x_panel + row * x_row +
// j % width. With x_panel = width a matrix is plain row-major.
typedef struct {
  ptrdiff_t rows, panels, depth;
  const void *a;
  ptrdiff_t a_row;
  const void *b;
  ptrdiff_t b_depth, b_panel;
  void *c;
  ptrdiff_t c_row, c_panel;
  // Added to every row, [panels * width]; may be NULL.
  const void *bias;
  // Whether negative results become 0; a NaN stays.
  int relu;
} bk_product_nn;

// C[i][j] = sum over d < depth of A[d][i] * B[d][j], A[d][i] at d * a_depth + i; columns as above.
typedef struct {
  ptrdiff_t rows, panels, depth;
  const void *a;
  ptrdiff_t a_depth;
  const void *b;
  ptrdiff_t b_depth, b_panel;
  void *c;
  ptrdiff_t c_row, c_panel;
  // Where the sum of the squares of C's elements is added, formed in double precision; may be NULL.
  double *squares;
} bk_product_tn;

// C[i][j] = sum over d of A[i][d] * B[j][d]: both operands contiguous along the contraction.
//
// The contraction is cut into panels: A[i][d] is at i * a_row + d, B[j][d] at (d / width) * b_panel + j * b_row +
// d % width.
typedef struct {
  ptrdiff_t rows, columns, panels;
  const void *a;
  ptrdiff_t a_row;
  const void *b;
  ptrdiff_t b_row, b_panel;
  void *c;
  ptrdiff_t c_row;
} bk_product_nt;

#endif
