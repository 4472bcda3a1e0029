// Optimizer updates: one pass over weights, gradient and state.

// Where the rule's numbers and operands lie while a loop runs over them.
typedef struct {
  REAL rate, weight_decay, momentum, beta1, beta2, epsilon;
} BK(rule);

BK_INLINE BK(rule) BK(rule_of)(const bk_update *u) {
  // Adam's corrections of both moments go into the rate and epsilon (Kingma & Ba 2015, end of section 2).
  const double root = u->rule == BK_ADAM ? sqrt(u->correction2) : 1;
  return (BK(rule)){
      .rate = (REAL)(u->rule == BK_ADAM ? u->rate * u->correction1 / root : u->rate),
      .weight_decay = (REAL)u->weight_decay,
      .momentum = (REAL)u->momentum,
      .beta1 = (REAL)u->beta1,
      .beta2 = (REAL)u->beta2,
      .epsilon = (REAL)(u->epsilon / root),
  };
}

// numerator / denominator, for denominators that are not negative. In AVX-512 single precision an estimate of the inverse
// with a Newton step, right to 1 ulp or so: the processor's one unit for roots and quotients would be busy for longer
// with both than the memory is with the operands. The bound keeps an infinite denominator from becoming 0 times
// infinity; a NaN stays in the numerator, which has it too.
BK_INLINE VEC BK(quotient)(VEC numerator, VEC denominator) {
#if REAL_BYTES == 4 && VECTOR_BYTES == 64
  const VEC bounded = __builtin_elementwise_min(denominator, (VEC){0} + 0x1p126f);
  const VEC inverse = (VEC)_mm512_rcp14_ps((__m512)bounded);
  return numerator * (inverse * (2 - bounded * inverse));
#else
  return numerator / denominator;
#endif
}

// One vector of weights. `rule` and whether it `decays` weights are constants wherever this is inlined.
BK_INLINE void BK(update_vector)(const bk_rule rule, const int decays, const BK(rule) r, REAL *weights,
                                 const VEC gradient, REAL *state0, REAL *state1) {
  VEC w = BK(load)(weights);
  const VEC g = decays ? gradient + r.weight_decay * w : gradient;
  if (rule == BK_SGD) {
    w -= r.rate * g;
  } else if (rule == BK_ADAM) {
    const VEC old = BK(load)(state0), old_square = BK(load)(state1);
    const VEC mean = old + (1 - r.beta1) * (g - old);
    const VEC square = old_square + (1 - r.beta2) * (g * g - old_square);
    BK(store)(state0, mean);
    BK(store)(state1, square);
    w -= r.rate * BK(quotient)(mean, __builtin_elementwise_sqrt(square) + r.epsilon);
  } else {
    const VEC v = r.momentum * BK(load)(state0) + g;
    BK(store)(state0, v);
    w -= r.rate * (rule == BK_NESTEROV ? g + r.momentum * v : v);
  }
  BK(store)(weights, w);
}

// `rule` is a constant wherever this is inlined, so that each rule has a loop of its own.
BK_INLINE void BK(update_all)(const bk_rule rule, const BK(rule) r, ptrdiff_t count, REAL *weights,
                              const REAL *gradient, REAL *state0, REAL *state1) {
  const int has0 = rule != BK_SGD, has1 = rule == BK_ADAM;
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES)
    BK(update_vector)(rule, 1, r, weights + i, BK(load)(gradient + i), has0 ? state0 + i : NULL, has1 ? state1 + i : NULL);
  if (i == count) return;
  // The rest goes through one padded vector, so that its elements see the same arithmetic.
  REAL padded[4][LANE_COUNT] = {{0}};
  const size_t bytes = (size_t)(count - i) * sizeof(REAL);
  memcpy(padded[0], weights + i, bytes);
  memcpy(padded[1], gradient + i, bytes);
  if (has0) memcpy(padded[2], state0 + i, bytes);
  if (has1) memcpy(padded[3], state1 + i, bytes);
  BK(update_vector)(rule, 1, r, padded[0], BK(load)(padded[1]), padded[2], padded[3]);
  memcpy(weights + i, padded[0], bytes);
  if (has0) memcpy(state0 + i, padded[2], bytes);
  if (has1) memcpy(state1 + i, padded[3], bytes);
}

static void BK(update)(const bk_update *u, ptrdiff_t count, REAL *weights, const REAL *gradient, REAL *state0,
                       REAL *state1) {
  const BK(rule) r = BK(rule_of)(u);
  switch (u->rule) {
    case BK_SGD: BK(update_all)(BK_SGD, r, count, weights, gradient, NULL, NULL); break;
    case BK_MOMENTUM: BK(update_all)(BK_MOMENTUM, r, count, weights, gradient, state0, NULL); break;
    case BK_NESTEROV: BK(update_all)(BK_NESTEROV, r, count, weights, gradient, state0, NULL); break;
    case BK_ADAM: BK(update_all)(BK_ADAM, r, count, weights, gradient, state0, state1); break;
  }
}
