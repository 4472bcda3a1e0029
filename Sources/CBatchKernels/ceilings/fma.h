// The probe of one precision: REAL in vectors of VECTOR_BYTES, ACCUMULATORS of them at work.
static int64_t PROBE(REAL)(int64_t rounds, REAL multiplier, REAL addend, double *sum) {
#pragma clang fp contract(fast)
  typedef REAL vector __attribute__((vector_size(VECTOR_BYTES)));
  enum { LANES = VECTOR_BYTES / sizeof(REAL) };
  const vector factor = (vector){} + multiplier, term = (vector){} + addend;
  vector x[ACCUMULATORS];
  // Different starts: registers that hold the same would be merged into one.
  for (int k = 0; k < ACCUMULATORS; k++) x[k] = (vector){} + (REAL)k;
  for (int64_t round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
    for (int k = 0; k < ACCUMULATORS; k++) x[k] = x[k] * factor + term;
  *sum = 0;
  for (int k = 0; k < ACCUMULATORS; k++)
    for (int lane = 0; lane < LANES; lane++) *sum += x[k][lane];
  return rounds * ACCUMULATORS * LANES * 2;
}
