// The kernels of one REAL and the table of them.
#include "real.h"

#include "product_nn.h"
#include "product_nt_dot.h"
#include "transpose.h"

#include "product_nt_packed.h"

#include "activation.h"
#include "dropout.h"
#include "loss.h"
#include "reduction.h"
#include "update.h"
#include "vector.h"

#include "product_tn.h"

#ifndef BK_SCRATCH_ONCE
#define BK_SCRATCH_ONCE
// No product needs more than one of these.
enum { SCRATCH = (int)TN_SCRATCH > (int)NT_PACKED_SCRATCH ? (int)TN_SCRATCH : (int)NT_PACKED_SCRATCH };
#endif

#include "entries.h"

const bk_kernels BK_JOIN(bk_, SET, SUFFIX) = {
    .panel_width = PANEL_VECTORS * LANES,
    .scratch = SCRATCH,
    .product_nn = BK(product_nn),
    .product_tn = BK(product_tn_entry),
    .product_nt_dot = BK(product_nt_dot),
    .product_nt_packed = BK(product_nt_packed_entry),
    .add = BK(add_entry),
    .bias_activation = BK(bias_activation_entry),
    .activation_backward = BK(activation_backward_entry),
    .dropout = BK(dropout_entry),
    .softmax_cross_entropy = BK(softmax_cross_entropy_entry),
    .binary_cross_entropy = BK(binary_cross_entropy_entry),
    .squared_error = BK(squared_error_entry),
    .softmax = BK(softmax_entry),
    .update = BK(update_entry),
    .lamb_moments = BK(lamb_moments_entry),
    .sum_of_squares = BK(sum_of_squares_entry),
    .squared_distance = BK(squared_distance_entry),
    .row_squares = BK(row_squares_entry),
    .gram_sums = BK(gram_sums_entry),
    .scale = BK(scale_entry),
    .clamp = BK(clamp_entry),
    .approach = BK(approach_entry),
    .scaled_squares = BK(scaled_squares_entry),
};
