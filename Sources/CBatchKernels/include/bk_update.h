// Optimizer updates, the same for a whole vector and for a piece of it.
#ifndef BK_UPDATE_H
#define BK_UPDATE_H

typedef enum {
  // g <- gradient + weight_decay * w;  w <- w - rate * g.
  BK_SGD = 0,
  // v <- momentum * v + g;  w <- w - rate * v  (Sutskever et al. 2013, in PyTorch's form).
  BK_MOMENTUM = 1,
  // v <- momentum * v + g;  w <- w - rate * (g + momentum * v).
  BK_NESTEROV = 2,
  // m <- m + (1 - beta1)(g - m);  s <- s + (1 - beta2)(g^2 - s);
  // w <- w - rate * correction1 * m / (sqrt(s * correction2) + epsilon)  (Kingma & Ba 2015, algorithm 1), where the
  // corrections are 1 / (1 - beta^t). weight_decay is added to the gradient, as in SGD.
  BK_ADAM = 3,
} bk_rule;

typedef struct {
  bk_rule rule;
  double rate, weight_decay;
  double momentum;
  double beta1, beta2, epsilon, correction1, correction2;
} bk_update;

#endif
