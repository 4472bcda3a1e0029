// Optimizer updates: one pass over weights, gradient and state.

#ifndef BK_UPDATE_ONCE
#define BK_UPDATE_ONCE

// The number of a rule's state vectors, at most STATES; none for what is not a rule.
enum { STATES = 3 };

BK_INLINE int bk_state_count(const int rule) {
  switch (rule) {
    case BK_MOMENTUM:
    case BK_NESTEROV:
    case BK_RMSPROP:
    case BK_ADAGRAD: return 1;
    case BK_ADAM:
    case BK_ADAMW:
    case BK_LAMB:
    case BK_RMSPROP_MOMENTUM:
    case BK_RMSPROP_CENTRED: return 2;
    case BK_RMSPROP_CENTRED_MOMENTUM: return 3;
    default: return 0;
  }
}

// Whether a rule takes the decay off the weights beside the step, instead of adding it to the gradient.
BK_INLINE int bk_decouples_decay(const int rule) { return rule == BK_ADAMW || rule == BK_LAMB; }

// Pieces of the weights whose directions are kept until they are summed, in the first level of the cache.
enum { DIRECTION_BLOCK = 512 };

#endif

// The rule's numbers while a loop runs over the operands.
typedef struct {
  REAL rate, weight_decay, decay, momentum, share, fresh1, fresh2, kept2, epsilon;
} BK(rule);

BK_INLINE BK(rule) BK(rule_of)(const bk_update *u) {
  // Adam's corrections of both moments go into the rate and epsilon (Kingma & Ba 2015, end of section 2).
  const int corrects = u->rule == BK_ADAM || u->rule == BK_ADAMW || u->rule == BK_LAMB;
  const double root = corrects ? sqrt(u->correction2) : 1;
  // At least the least normal number, since subnormal ones count as 0: a gradient of zeros is divided by nothing else.
  const double least = REAL_BYTES == 4 ? __FLT_MIN__ : __DBL_MIN__, epsilon = u->epsilon / root;
  return (BK(rule)){
      .rate = (REAL)(corrects ? u->rate * u->correction1 / root : u->rate),
      .weight_decay = (REAL)u->weight_decay,
      .decay = (REAL)(u->rate * u->weight_decay),
      .momentum = (REAL)u->momentum,
      .share = (REAL)u->share,
      // From double precision: of 1 - 0.999 in single precision four digits would be right.
      .fresh1 = (REAL)(1 - u->beta1),
      .fresh2 = (REAL)(1 - u->beta2),
      .kept2 = (REAL)u->beta2,
      .epsilon = (REAL)(epsilon > least ? epsilon : least),
  };
}

// numerator / denominator, for denominators that are not negative. In AVX-512 single precision an estimate of the
// inverse with a Newton step, right to 1 ulp or so: the processor's one unit for roots and quotients would be busy for
// longer with both than the memory is with the operands. The inverse of an infinite denominator is 0 and stays that,
// since the Newton step does not multiply the two: it has the bound. A NaN is in the estimate, whatever becomes of it
// there.
BK_INLINE VEC BK(quotient)(VEC numerator, VEC denominator) {
#if REAL_BYTES == 4 && VECTOR_BYTES == 64
  const VEC inverse = (VEC)_mm512_rcp14_ps((__m512)denominator);
  const VEC bounded = __builtin_elementwise_min(denominator, (VEC){0} + 0x1p126f);
  return numerator * (inverse * (2 - bounded * inverse));
#else
  return numerator / denominator;
#endif
}

// A running mean moved towards x.
BK_INLINE VEC BK(moved)(REAL *state, const VEC x, const REAL fresh) {
  const VEC old = BK(load)(state);
  const VEC mean = old + fresh * (x - old);
  BK(store)(state, mean);
  return mean;
}

// A running mean of squares moved towards that of x, in PyTorch's order: x^2 may overflow where its share does not.
// What has overflowed stays infinite, and steps are 0; in the form above the next update would make it a NaN. The price
// is the rounding of `kept`: of a beta2 of 0.999 in single precision, 0.00001 of the mean in the long run.
BK_INLINE VEC BK(squares_moved)(REAL *state, const VEC x, const REAL kept, const REAL fresh) {
  const VEC mean = kept * BK(load)(state) + fresh * x * x;
  BK(store)(state, mean);
  return mean;
}

// A velocity that x is added to.
BK_INLINE VEC BK(accelerated)(REAL *state, const VEC x, const REAL momentum) {
  const VEC v = momentum * BK(load)(state) + x;
  BK(store)(state, v);
  return v;
}

// What `rule` subtracts from weights, over r.rate, with their state updated. `rule` is a constant wherever this is
// inlined.
BK_INLINE VEC BK(direction)(const int rule, const BK(rule) r, const VEC g, REAL *state0, REAL *state1, REAL *state2) {
  switch (rule) {
    case BK_MOMENTUM: return BK(accelerated)(state0, r.share * g, r.momentum);
    case BK_NESTEROV: return g + r.momentum * BK(accelerated)(state0, g, r.momentum);
    case BK_ADAM:
    case BK_ADAMW: {
      const VEC mean = BK(moved)(state0, g, r.fresh1), square = BK(squares_moved)(state1, g, r.kept2, r.fresh2);
      return BK(quotient)(mean, __builtin_elementwise_sqrt(square) + r.epsilon);
    }
    case BK_LAMB: return BK(quotient)(BK(load)(state0), __builtin_elementwise_sqrt(BK(load)(state1)) + r.epsilon);
    case BK_RMSPROP:
    case BK_RMSPROP_MOMENTUM: {
      const VEC square = BK(squares_moved)(state0, g, r.kept2, r.fresh2);
      const VEC step = BK(quotient)(g, __builtin_elementwise_sqrt(square) + r.epsilon);
      return rule == BK_RMSPROP ? step : BK(accelerated)(state1, step, r.momentum);
    }
    case BK_RMSPROP_CENTRED:
    case BK_RMSPROP_CENTRED_MOMENTUM: {
      const VEC square = BK(squares_moved)(state0, g, r.kept2, r.fresh2), mean = BK(moved)(state1, g, r.fresh2);
      const VEC variance = BK(rectified)(square - mean * mean);
      const VEC step = BK(quotient)(g, __builtin_elementwise_sqrt(variance) + r.epsilon);
      return rule == BK_RMSPROP_CENTRED ? step : BK(accelerated)(state2, step, r.momentum);
    }
    case BK_ADAGRAD: {
      const VEC sum = BK(load)(state0) + g * g;
      BK(store)(state0, sum);
      return BK(quotient)(g, __builtin_elementwise_sqrt(sum) + r.epsilon);
    }
    default: return g;
  }
}

// One vector of weights. `rule` and whether it `decays` weights are constants wherever this is inlined.
BK_INLINE void BK(update_vector)(const int rule, const int decays, const BK(rule) r, REAL *weights, const VEC gradient,
                                 REAL *state0, REAL *state1, REAL *state2) {
  const VEC w = BK(load)(weights);
  const int decouples = bk_decouples_decay(rule);
  const VEC g = decays && !decouples ? gradient + r.weight_decay * w : gradient;
  VEC step = r.rate * BK(direction)(rule, r, g, state0, state1, state2);
  if (decays && decouples) step += r.decay * w;
  BK(store)(weights, w - step);
}

// `rule` is a constant wherever this is inlined, so that each rule has a loop of its own.
BK_INLINE void BK(update_all)(const int rule, const BK(rule) r, ptrdiff_t count, REAL *weights, const REAL *gradient,
                              REAL *const *state) {
  const int states = bk_state_count(rule);
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES)
    BK(update_vector)(rule, 1, r, weights + i, BK(load)(gradient + i), states > 0 ? state[0] + i : NULL,
                      states > 1 ? state[1] + i : NULL, states > 2 ? state[2] + i : NULL);
  if (i == count) return;
  // The rest goes through one padded vector, so that its elements see the same arithmetic.
  REAL padded[2 + STATES][LANE_COUNT] = {{0}};
  const size_t bytes = (size_t)(count - i) * sizeof(REAL);
  memcpy(padded[0], weights + i, bytes);
  memcpy(padded[1], gradient + i, bytes);
  for (int s = 0; s < states; s++) memcpy(padded[2 + s], state[s] + i, bytes);
  BK(update_vector)(rule, 1, r, padded[0], BK(load)(padded[1]), padded[2], padded[3], padded[4]);
  memcpy(weights + i, padded[0], bytes);
  for (int s = 0; s < states; s++) memcpy(state[s] + i, padded[2 + s], bytes);
}

static void BK(update)(const bk_update *u, ptrdiff_t count, REAL *weights, const REAL *gradient, REAL *state0,
                       REAL *state1, REAL *state2) {
  const BK(rule) r = BK(rule_of)(u);
  REAL *const state[STATES] = {state0, state1, state2};
#define BK_CASE(rule) \
  case rule: BK(update_all)(rule, r, count, weights, gradient, state); break;
  switch (u->rule) {
    BK_CASE(BK_SGD)
    BK_CASE(BK_MOMENTUM)
    BK_CASE(BK_NESTEROV)
    BK_CASE(BK_ADAM)
    BK_CASE(BK_ADAMW)
    BK_CASE(BK_RMSPROP)
    BK_CASE(BK_RMSPROP_MOMENTUM)
    BK_CASE(BK_RMSPROP_CENTRED)
    BK_CASE(BK_RMSPROP_CENTRED_MOMENTUM)
    BK_CASE(BK_ADAGRAD)
    BK_CASE(BK_LAMB)
  }
#undef BK_CASE
}

static void BK(lamb_moments)(const bk_update *u, ptrdiff_t count, const REAL *weights, const REAL *gradient,
                             REAL *state0, REAL *state1, double *sums) {
  const BK(rule) r = BK(rule_of)(u);
  REAL directions[DIRECTION_BLOCK];
  sums[0] = sums[1] = 0;
  for (ptrdiff_t first = 0; first < count; first += DIRECTION_BLOCK) {
    const ptrdiff_t piece = BK(smaller)(DIRECTION_BLOCK, count - first);
    const REAL *w = weights + first, *g = gradient + first;
    REAL *mean = state0 + first, *square = state1 + first;
    ptrdiff_t i = 0;
    for (; i + LANES <= piece; i += LANES) {
      const VEC direction = BK(direction)(BK_ADAM, r, BK(load)(g + i), mean + i, square + i, NULL);
      BK(store)(directions + i, r.rate * direction + r.decay * BK(load)(w + i));
    }
    if (i < piece) {
      REAL padded[4][LANE_COUNT] = {{0}};
      const size_t bytes = (size_t)(piece - i) * sizeof(REAL);
      memcpy(padded[0], w + i, bytes);
      memcpy(padded[1], g + i, bytes);
      memcpy(padded[2], mean + i, bytes);
      memcpy(padded[3], square + i, bytes);
      const VEC direction = BK(direction)(BK_ADAM, r, BK(load)(padded[1]), padded[2], padded[3], NULL);
      // A whole vector fits: blocks are multiples of one.
      BK(store)(directions + i, r.rate * direction + r.decay * BK(load)(padded[0]));
      memcpy(mean + i, padded[2], bytes);
      memcpy(square + i, padded[3], bytes);
    }
    sums[0] += BK(sum_of_squares)(piece, w);
    sums[1] += BK(sum_of_squares)(piece, directions);
  }
}
