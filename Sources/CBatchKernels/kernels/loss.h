// The losses of bk_kernels.h.

// The first index of the largest z[j]. A NaN beyond z[0] is passed over: the sum of exponentials shows it.
BK_INLINE ptrdiff_t BK(peak_index)(ptrdiff_t classes, const REAL *z) {
  ptrdiff_t best = 0;
  for (ptrdiff_t j = 1; j < classes; j++) best = z[j] > z[best] ? j : best;
  return best;
}

// Sum of e^(z[j] - peak); where `out` is not NULL it receives the terms.
BK_INLINE REAL BK(shifted_exponentials)(ptrdiff_t classes, const REAL *z, REAL peak, REAL *restrict out) {
  BK_FAST_SUMS
  REAL sum = 0;
  for (ptrdiff_t j = 0; j < classes; j++) {
    REAL e = BK(exp)(z[j] - peak);
    if (out) out[j] = e;
    sum += e;
  }
  return sum;
}

// The mean of peak - z[j].
BK_INLINE double BK(mean_below)(ptrdiff_t classes, const REAL *z, REAL peak) {
  BK_FAST_SUMS
  double sum = 0;
  for (ptrdiff_t j = 0; j < classes; j++) sum += (double)peak - (double)z[j];
  return sum / (double)classes;
}

static double BK(softmax_cross_entropy)(ptrdiff_t rows, ptrdiff_t classes, const REAL *logits, ptrdiff_t stride,
                                 const int *labels, double smoothing, REAL scale, REAL *dlogits, ptrdiff_t dstride,
                                 ptrdiff_t *correct) {
  // What every class is given of the target, and the label's share of the rest.
  const REAL spread = (REAL)(smoothing / (double)classes) * scale, certain = (REAL)(1 - smoothing) * scale;
  double total = 0;
  ptrdiff_t hits = 0;
  for (ptrdiff_t i = 0; i < rows; i++) {
    const REAL *z = logits + i * stride;
    int label = labels[i];
    ptrdiff_t where = BK(peak_index)(classes, z);
    REAL peak = z[where];
    REAL sum;
    if (dlogits) {
      REAL *d = dlogits + i * dstride;
      sum = BK(shifted_exponentials)(classes, z, peak, d);
      REAL factor = scale / sum;
      for (ptrdiff_t j = 0; j < classes; j++) d[j] = d[j] * factor - spread;
      d[label] -= certain;
    } else {
      sum = BK(shifted_exponentials)(classes, z, peak, NULL);
    }
    const double below = (double)peak - (double)z[label];
    // Only where it counts: a class masked out with -infinity is infinitely far below the peak.
    total += log((double)sum) + (smoothing > 0 ? below + smoothing * (BK(mean_below)(classes, z, peak) - below) : below);
    // A row with a NaN has no largest logit, and a diverged network no accuracy.
    hits += where == label && sum == sum;
  }
  *correct = hits;
  return total;
}

static double BK(binary_cross_entropy)(ptrdiff_t rows, ptrdiff_t cols, const REAL *logits, ptrdiff_t stride,
                                const REAL *targets, ptrdiff_t tstride, double smoothing, REAL scale, REAL *dlogits,
                                ptrdiff_t dstride) {
  double total = 0;
  for (ptrdiff_t i = 0; i < rows; i++) {
    const REAL *z = logits + i * stride, *t = targets + i * tstride;
    for (ptrdiff_t j = 0; j < cols; j++) {
      // max(z, 0) - z t + log(1 + e^-|z|): neither exponential overflows.
      double x = (double)z[j], target = (double)t[j] + smoothing * (0.5 - (double)t[j]);
      total += (x > 0 ? x : 0) - x * target + log1p(exp(-fabs(x)));
      if (dlogits) dlogits[i * dstride + j] = scale * (1 / (1 + BK(exp)(-z[j])) - (REAL)target);
    }
  }
  return total;
}

static double BK(squared_error)(ptrdiff_t rows, ptrdiff_t cols, const REAL *outputs, ptrdiff_t stride, const REAL *targets,
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
  return cols > 0 ? total / (double)cols : 0;
}

static void BK(softmax)(ptrdiff_t rows, ptrdiff_t classes, const REAL *logits, ptrdiff_t stride, REAL *probabilities,
                 ptrdiff_t pstride) {
  for (ptrdiff_t i = 0; i < rows; i++) {
    REAL *p = probabilities + i * pstride;
    const REAL *z = logits + i * stride;
    if (classes == 0) continue;
    REAL sum = BK(shifted_exponentials)(classes, z, z[BK(peak_index)(classes, z)], p);
    for (ptrdiff_t j = 0; j < classes; j++) p[j] /= sum;
  }
}
