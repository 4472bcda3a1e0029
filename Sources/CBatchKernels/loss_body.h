// Bodies of bk_loss.h for one REAL; included once for float and once for double.
#include "elementary_functions.h"
#include "kernel_template.h"

// out[j] <- e^(z[j] - max z); returns the sum. *peak receives max z and *where its first index.
BK_INLINE REAL BK(shifted_exponentials)(ptrdiff_t classes, const REAL *z, REAL *restrict out, REAL *peak,
                                        ptrdiff_t *where) {
  BK_FAST_SUMS
  ptrdiff_t best = 0;
  for (ptrdiff_t j = 1; j < classes; j++) best = z[j] > z[best] ? j : best;
  REAL top = z[best];
  REAL sum = 0;
  for (ptrdiff_t j = 0; j < classes; j++) {
    REAL e = BK(exp)(z[j] - top);
    out[j] = e;
    sum += e;
  }
  *peak = top;
  *where = best;
  return sum;
}

BK_CLONES
double BK(softmax_cross_entropy)(ptrdiff_t rows, ptrdiff_t classes, const REAL *logits, ptrdiff_t stride,
                                 const int *labels, REAL scale, REAL *dlogits, ptrdiff_t dstride,
                                 ptrdiff_t *correct) {
  double total = 0;
  ptrdiff_t hits = 0;
  for (ptrdiff_t i = 0; i < rows; i++) {
    const REAL *z = logits + i * stride;
    int label = labels[i];
    REAL peak, sum;
    ptrdiff_t where;
    if (dlogits) {
      REAL *d = dlogits + i * dstride;
      sum = BK(shifted_exponentials)(classes, z, d, &peak, &where);
      REAL factor = scale / sum;
      for (ptrdiff_t j = 0; j < classes; j++) d[j] *= factor;
      d[label] -= scale;
    } else {
      where = 0;
      for (ptrdiff_t j = 1; j < classes; j++) where = z[j] > z[where] ? j : where;
      peak = z[where];
      sum = 0;
      for (ptrdiff_t j = 0; j < classes; j++) sum += BK(exp)(z[j] - peak);
    }
    total += log((double)sum) + (double)peak - (double)z[label];
    hits += where == label;
  }
  *correct = hits;
  return total;
}

BK_CLONES
double BK(binary_cross_entropy)(ptrdiff_t rows, ptrdiff_t cols, const REAL *logits, ptrdiff_t stride,
                                const REAL *targets, ptrdiff_t tstride, REAL scale, REAL *dlogits, ptrdiff_t dstride) {
  double total = 0;
  for (ptrdiff_t i = 0; i < rows; i++) {
    const REAL *z = logits + i * stride, *t = targets + i * tstride;
    for (ptrdiff_t j = 0; j < cols; j++) {
      // max(z, 0) - z t + log(1 + e^-|z|): neither exponential overflows.
      double x = (double)z[j];
      total += (x > 0 ? x : 0) - x * (double)t[j] + log1p(exp(-fabs(x)));
      if (dlogits) dlogits[i * dstride + j] = scale * (1 / (1 + BK(exp)(-z[j])) - t[j]);
    }
  }
  return total;
}

BK_CLONES
double BK(squared_error)(ptrdiff_t rows, ptrdiff_t cols, const REAL *outputs, ptrdiff_t stride, const REAL *targets,
                         ptrdiff_t tstride, REAL scale, REAL *doutputs, ptrdiff_t dstride) {
  BK_FAST_SUMS
  double total = 0;
  REAL slope = 2 * scale / (REAL)cols;
  for (ptrdiff_t i = 0; i < rows; i++) {
    const REAL *y = outputs + i * stride, *t = targets + i * tstride;
    for (ptrdiff_t j = 0; j < cols; j++) {
      REAL e = y[j] - t[j];
      total += (double)e * (double)e;
      if (doutputs) doutputs[i * dstride + j] = slope * e;
    }
  }
  return total / (double)cols;
}

BK_CLONES
void BK(softmax)(ptrdiff_t rows, ptrdiff_t classes, const REAL *logits, ptrdiff_t stride, REAL *probabilities,
                 ptrdiff_t pstride) {
  for (ptrdiff_t i = 0; i < rows; i++) {
    REAL *p = probabilities + i * pstride;
    REAL peak;
    ptrdiff_t where;
    REAL sum = BK(shifted_exponentials)(classes, logits + i * stride, p, &peak, &where);
    for (ptrdiff_t j = 0; j < classes; j++) p[j] /= sum;
  }
}
