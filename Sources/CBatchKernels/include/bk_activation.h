// The activations of a dense layer.
#ifndef BK_ACTIVATION_H
#define BK_ACTIVATION_H

typedef enum {
  BK_IDENTITY = 0,
  BK_RELU = 1,
  BK_TANH = 2,
  BK_SIGMOID = 3,
  BK_GELU = 4,
} bk_activation;

#endif
