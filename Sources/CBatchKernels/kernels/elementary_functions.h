// exp, tanh and erfc inside vectorised loops. libm's are calls that stop vectorisation (about 3 ns an element), so
// single precision has its own exp and tanh; double precision is the checking type and takes libm's accuracy.
#ifndef BK_ELEMENTARY_FUNCTIONS_H
#define BK_ELEMENTARY_FUNCTIONS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#define BK_INLINE static inline __attribute__((always_inline))

// e^x to 2 ulp: x = n ln 2 + r with |r| <= ln 2 / 2, a degree-6 polynomial for e^r, and n put into the exponent.
// Coefficients as in Cephes expf. Infinite above 88.72283; 0 below -87.33654, where the result would be
// subnormal and slow; NaN stays NaN.
BK_INLINE float bk_exp_f32(float x) {
  // The conversion to an integer is defined only for numbers in range, in lanes whose result is not used as well.
  float c = x != x ? 0 : x;
  c = c > 88.72283f ? 88.72283f : c;
  c = c < -87.33654f ? -87.33654f : c;
  float scaled = c * 1.44269504088896341f;
  int32_t n = (int32_t)(scaled + (scaled < 0 ? -0.5f : 0.5f));
  float fn = (float)n;
  float r = c - fn * 0.693359375f;
  r = r - fn * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  // 2^n in two factors: n = 128 is reached at the top of the range and does not fit one exponent.
  int32_t half = n / 2;
  int32_t low_bits = (half + 127) << 23, high_bits = (n - half + 127) << 23;
  float low, high;
  memcpy(&low, &low_bits, sizeof low);
  memcpy(&high, &high_bits, sizeof high);
  float result = p * low * high;
  result = x > 88.72283f ? __builtin_inff() : result;
  result = x < -87.33654f ? 0 : result;
  return x != x ? x : result;
}

// tanh x: an odd polynomial below 0.625, where 1 - 2 / (e^2x + 1) would cancel. Coefficients as in Cephes tanhf.
BK_INLINE float bk_tanh_f32(float x) {
  float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  float near = p * z * x + x;
  float magnitude = __builtin_fabsf(x);
  float far = 1.0f - 2.0f / (bk_exp_f32(2.0f * magnitude) + 1.0f);
  return magnitude < 0.625f ? near : __builtin_copysignf(far, x);
}

BK_INLINE float bk_erfc_f32(float x) { return erfcf(x); }

BK_INLINE double bk_exp_f64(double x) { return exp(x); }
BK_INLINE double bk_tanh_f64(double x) { return tanh(x); }
BK_INLINE double bk_erfc_f64(double x) { return erfc(x); }

#endif
