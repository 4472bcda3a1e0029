// Dropout: which elements of a batch go out, from random numbers that are computed and not drawn.
#ifndef BK_DROPOUT_H
#define BK_DROPOUT_H

#include <stdint.h>

// Element (i, j) of a matrix goes out where its 32 random bits, as a number, are below rate * 2^32.
//
// They come from Philox4x32-10 (Salmon et al. 2011) with `key`. With l = j mod 16 they are word (j / 16) mod 4 of the
// block with the counter
//   (j / 64 * 16 + l,  first_row + i,  low half of `round`,  high half of `round`)
// so that sixteen neighbours are computed side by side, and any cut of the rows gives the same bits.
typedef struct {
  uint64_t key;
  // What tells one use of the key from another, such as the number of the update.
  uint64_t round;
  // The number of the matrix's first row.
  uint32_t first_row;
  // The share that goes out, at least 0 and below 1; the others are multiplied by 1 / (1 - rate).
  double rate;
} bk_dropout;

#endif
