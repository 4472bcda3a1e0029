// Optimizer updates: one pass over weights, gradient and state.

// Where the rule's numbers and operands lie while a loop runs over them.
typedef struct {
  REAL rate, weight_decay, momentum, beta1, beta2, epsilon, correction2;
} BK(rule);

BK_INLINE BK(rule) BK(rule_of)(const bk_update *u) {
  return (BK(rule)){
      .rate = (REAL)(u->rule == BK_ADAM ? u->rate * u->correction1 : u->rate),
      .weight_decay = (REAL)u->weight_decay,
      .momentum = (REAL)u->momentum,
      .beta1 = (REAL)u->beta1,
      .beta2 = (REAL)u->beta2,
      .epsilon = (REAL)u->epsilon,
      .correction2 = (REAL)u->correction2,
  };
}

// One vector of weights. `rule` is a constant wherever this is inlined.
BK_INLINE void BK(update_vector)(const bk_rule rule, const BK(rule) r, REAL *weights, const VEC gradient,
                                 REAL *state0, REAL *state1) {
  VEC w = BK(load)(weights);
  const VEC g = gradient + r.weight_decay * w;
  if (rule == BK_SGD) {
    w -= r.rate * g;
  } else if (rule == BK_ADAM) {
    const VEC old = BK(load)(state0), old_square = BK(load)(state1);
    const VEC mean = old + (1 - r.beta1) * (g - old);
    const VEC square = old_square + (1 - r.beta2) * (g * g - old_square);
    BK(store)(state0, mean);
    BK(store)(state1, square);
    w -= r.rate * mean / (__builtin_elementwise_sqrt(square * r.correction2) + r.epsilon);
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
    BK(update_vector)(rule, r, weights + i, BK(load)(gradient + i), has0 ? state0 + i : NULL, has1 ? state1 + i : NULL);
  if (i == count) return;
  // The rest goes through one padded vector, so that its elements see the same arithmetic.
  REAL padded[4][LANE_COUNT] = {{0}};
  const size_t bytes = (size_t)(count - i) * sizeof(REAL);
  memcpy(padded[0], weights + i, bytes);
  memcpy(padded[1], gradient + i, bytes);
  if (has0) memcpy(padded[2], state0 + i, bytes);
  if (has1) memcpy(padded[3], state1 + i, bytes);
  BK(update_vector)(rule, r, padded[0], BK(load)(padded[1]), padded[2], padded[3]);
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
