// CBLAS and OpenBLAS's own controls (openblas_set_num_threads, openblas_get_corename, ...).
// pkg-config puts OpenBLAS's include folder first, so that this is its cblas.h and not the reference one.
#include <cblas.h>
