// The kernels of one REAL and the table of them.
#include "real.h"

#include "broadcast_product.h"
#include "dot_product.h"
#include "transpose.h"

#include "mirrored_product.h"

#include "activation.h"
#include "dropout.h"
#include "loss.h"
#include "reduction.h"
#include "update.h"
#include "vector.h"

#include "gradient_product.h"

#ifndef BK_SCRATCH_ONCE
#define BK_SCRATCH_ONCE
// No product needs more than one of these.
enum { SCRATCH = (int)GRADIENT_SCRATCH > (int)MIRRORED_SCRATCH ? (int)GRADIENT_SCRATCH : (int)MIRRORED_SCRATCH };
#endif

const BK(kernels) BK_JOIN(bk_, SET, SUFFIX) = {
    .panel_width = PANEL_VECTORS * LANES,
    .scratch = SCRATCH,
    .broadcast_product = BK(broadcast_product),
    .gradient_product = BK(gradient_product),
    .dot_product = BK(dot_product),
    .mirrored_product = BK(mirrored_product),
    .add = BK(add),
    .bias_activation = BK(bias_activation),
    .activation_backward = BK(activation_backward),
    .dropout = BK(dropout),
    .softmax_cross_entropy = BK(softmax_cross_entropy),
    .binary_cross_entropy = BK(binary_cross_entropy),
    .squared_error = BK(squared_error),
    .softmax = BK(softmax),
    .update = BK(update),
    .lamb_moments = BK(lamb_moments),
    .sum_of_squares = BK(sum_of_squares),
    .squared_distance = BK(squared_distance),
    .scale = BK(scale),
    .clamp = BK(clamp),
    .approach = BK(approach),
};
