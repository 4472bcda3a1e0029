// Bodies of bk_optimizer.h for one REAL; included once for float and once for double.
#include "kernel_template.h"

BK_CLONES
void BK(sgd)(ptrdiff_t count, REAL *restrict weights, const REAL *restrict gradient, REAL *restrict velocity,
             REAL rate, REAL momentum, REAL weight_decay, int nesterov) {
  if (!velocity) {
    for (ptrdiff_t i = 0; i < count; i++) weights[i] -= rate * (gradient[i] + weight_decay * weights[i]);
  } else if (nesterov) {
    for (ptrdiff_t i = 0; i < count; i++) {
      REAL g = gradient[i] + weight_decay * weights[i];
      REAL v = momentum * velocity[i] + g;
      velocity[i] = v;
      weights[i] -= rate * (g + momentum * v);
    }
  } else {
    for (ptrdiff_t i = 0; i < count; i++) {
      REAL v = momentum * velocity[i] + (gradient[i] + weight_decay * weights[i]);
      velocity[i] = v;
      weights[i] -= rate * v;
    }
  }
}
