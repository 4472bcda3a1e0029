// Optimizer updates, the same for a whole vector and for a piece of it.
#ifndef BK_UPDATE_H
#define BK_UPDATE_H

// Where weights decay, d = weight_decay * w is added to the gradient first, g <- gradient + d, unless the rule says
// otherwise. State vectors are numbered in the order in which the formulas write to them.
typedef enum {
  // w <- w - rate * g.
  BK_SGD = 0,
  // v <- momentum * v + share * g;  w <- w - rate * v  (Sutskever et al. 2013, in PyTorch's form, where share is 1 less
  // the dampening).
  BK_MOMENTUM = 1,
  // v <- momentum * v + g;  w <- w - rate * (g + momentum * v).
  BK_NESTEROV = 2,
  // m <- m + (1 - beta1)(g - m);  s <- beta2 * s + (1 - beta2) g^2;
  // w <- w - rate * correction1 * m / (sqrt(s * correction2) + epsilon)  (Kingma & Ba 2015, algorithm 1), where the
  // corrections are 1 / (1 - beta^t).
  BK_ADAM = 3,
  // The same with g = gradient, and w <- w - rate * d besides  (Loshchilov & Hutter 2019, algorithm 2).
  BK_ADAMW = 4,
  // s <- beta2 * s + (1 - beta2) g^2;  w <- w - rate * g / (sqrt(s) + epsilon)  (Tieleman & Hinton 2012, lecture 6e).
  BK_RMSPROP = 5,
  // The same s;  v <- momentum * v + g / (sqrt(s) + epsilon);  w <- w - rate * v.
  BK_RMSPROP_MOMENTUM = 6,
  // The same s;  m <- m + (1 - beta2)(g - m);  s - m^2, or 0 where rounding makes it negative, in place of s under the
  // root (Graves 2013, eq. 38 to 41).
  BK_RMSPROP_CENTRED = 7,
  // The same with v, the third state vector.
  BK_RMSPROP_CENTRED_MOMENTUM = 8,
  // s <- s + g^2;  w <- w - rate * g / (sqrt(s) + epsilon)  (Duchi et al. 2011, in its diagonal form).
  BK_ADAGRAD = 9,
  // w <- w - rate * (correction1 * m / (sqrt(s * correction2) + epsilon) + d), with m and s as lamb_moments left them
  // (You et al. 2020, algorithm 2); the gradient is not read. Not for product_tn: the rate depends on all of it.
  BK_LAMB = 10,
} bk_rule;

// Numbers that a rule does not name are not read. A mean or sum of squares that has overflowed stays infinite, and what
// is divided by its root is 0. An epsilon below the least normal number counts as that.
typedef struct {
  bk_rule rule;
  double rate, weight_decay;
  double momentum, share;
  double beta1, beta2, epsilon, correction1, correction2;
} bk_update;

#endif
