#include "bk_vector.h"

#define REAL float
#define SUFFIX f32
#include "vector_body.h"
#undef REAL
#undef SUFFIX

#define REAL double
#define SUFFIX f64
#include "vector_body.h"
