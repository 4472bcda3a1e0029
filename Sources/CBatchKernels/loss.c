#include "bk_loss.h"

#define REAL float
#define SUFFIX f32
#include "loss_body.h"
#undef REAL
#undef SUFFIX

#define REAL double
#define SUFFIX f64
#include "loss_body.h"
