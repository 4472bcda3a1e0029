// The kernels of one REAL and the table of them.
#include "real.h"

#include "broadcast_product.h"
#include "dot_product.h"
#include "transposing_product.h"

#include "activation.h"
#include "loss.h"
#include "reduction.h"
#include "update.h"

#include "broadcast_product_update.h"

#ifndef BK_SCRATCH_ONCE
#define BK_SCRATCH_ONCE
// No product needs more than one of these.
enum { SCRATCH = PACKED_PRODUCT_SCRATCH };
_Static_assert((int)SCRATCH >= (int)UPDATE_SCRATCH + (int)PACK_SCRATCH, "scratch is too short for a fused update");
_Static_assert((int)SCRATCH >= (int)TRANSPOSE_SCRATCH, "scratch is too short for a transposing product");
#endif

const BK(kernels) BK_JOIN(bk_, SET, SUFFIX) = {
    .panel_width = PANEL_VECTORS * LANES,
    .scratch = SCRATCH,
    .longest_update_depth = LONGEST_DEPTH_BLOCK,
    .broadcast_product = BK(broadcast_product),
    .broadcast_product_update = BK(broadcast_product_update),
    .dot_product = BK(dot_product),
    .transposing_product = BK(transposing_product),
    .bias_activation = BK(bias_activation),
    .activation_backward = BK(activation_backward),
    .softmax_cross_entropy = BK(softmax_cross_entropy),
    .binary_cross_entropy = BK(binary_cross_entropy),
    .squared_error = BK(squared_error),
    .softmax = BK(softmax),
    .update = BK(update),
    .column_sums = BK(column_sums),
    .sum_of_squares = BK(sum_of_squares),
    .squared_distance = BK(squared_distance),
};
