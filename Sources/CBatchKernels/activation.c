#include "bk_activation.h"

#define REAL float
#define SUFFIX f32
#include "activation_body.h"
#undef REAL
#undef SUFFIX

#define REAL double
#define SUFFIX f64
#include "activation_body.h"
