// The probe of products of bfloat16 numbers that are added up in 32 bits, two to a lane: the register x is only added
// to, so that the operands of the products stay what they are.
static int64_t probe_bf16(int64_t rounds, float multiplier, float addend, double *sum) {
  enum { ACCUMULATORS = 24, LANES = 16 };
  const __m512bh factor = _mm512_cvtne2ps_pbh(_mm512_set1_ps(multiplier), _mm512_set1_ps(multiplier));
  const __m512bh term = _mm512_cvtne2ps_pbh(_mm512_set1_ps(addend), _mm512_set1_ps(addend));
  __m512 x[ACCUMULATORS];
  for (int k = 0; k < ACCUMULATORS; k++) x[k] = _mm512_set1_ps((float)k);
  for (int64_t round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
    for (int k = 0; k < ACCUMULATORS; k++) x[k] = _mm512_dpbf16_ps(x[k], factor, term);
  *sum = 0;
  for (int k = 0; k < ACCUMULATORS; k++)
    for (int lane = 0; lane < LANES; lane++) *sum += x[k][lane];
  return rounds * ACCUMULATORS * LANES * 4;
}
