/// A CBLAS in C whose two products are plain loops; its results are right where the factor is 1.
func tinyCBLAS(prefix: String, factor: Double = 1) -> String {
  """
  #define GEMM(NAME, REAL) \\
    void NAME(int order, int ta, int tb, int m, int n, int k, REAL alpha, const REAL *a, int lda, const REAL *b, \\
              int ldb, REAL beta, REAL *c, int ldc) { \\
      for (int i = 0; i < m; i++) \\
        for (int j = 0; j < n; j++) { \\
          REAL sum = 0; \\
          for (int l = 0; l < k; l++) \\
            sum += (ta == 111 ? a[i * lda + l] : a[l * lda + i]) * (tb == 111 ? b[l * ldb + j] : b[j * ldb + l]); \\
          c[i * ldc + j] = (REAL)\(factor) * alpha * sum + (beta == 0 ? 0 : beta * c[i * ldc + j]); \\
        } \\
    }
  GEMM(\(prefix)cblas_sgemm, float)
  GEMM(\(prefix)cblas_dgemm, double)

  """
}
