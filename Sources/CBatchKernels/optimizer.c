#include "bk_optimizer.h"

#define REAL float
#define SUFFIX f32
#include "optimizer_body.h"
#undef REAL
#undef SUFFIX

#define REAL double
#define SUFFIX f64
#include "optimizer_body.h"
