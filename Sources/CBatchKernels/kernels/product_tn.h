// C = A^T B, the gradient of weights, and the update that it is for: an element of A is broadcast, B is read by
// vectors. With an update the gradient is used while it is in registers and never written to memory: at small batches
// the weights and the optimizer's state are all that a step moves.

#ifndef BK_PRODUCT_TN_ONCE
#define BK_PRODUCT_TN_ONCE

// Whether deep contractions have higher tiles than others.
#define DEEP_TILES (VECTOR_REGISTERS < 32)

enum {
  // The rows of C in registers at once, beside what the rules need. With wide panels a shallow contraction takes fewer:
  // the stores of one tile then pass while the next is at work. With 16 registers a contraction so deep that the update
  // hardly counts takes more.
  TN_ROWS = 4,
  SHALLOW_TN_ROWS = PANEL_VECTORS == 4 ? 2 : 4,
  DEEP_TN_ROWS = DEEP_TILES ? 6 : 4,
  TN_HEIGHTS = DEEP_TILES ? 4 : 3,
  SHALLOW_DEPTH = 12,
  // From so deep on, and for so many rows, panels of B are copied: their short pieces lie a row apart, too far for a
  // prefetcher, and every tile reads all of them. Narrow panels go together, since what is fetched first is 256 bytes.
  COPIED_DEPTH = 48,
  COPIED_ROWS = 96,
  COPIED_PANELS = PANEL_VECTORS == 4 ? 1 : 4,
  // The piece of the contraction whose part of a panel stays in the cache while the rows pass by: in the first level
  // beside A's part for narrow panels, in the second for wide ones. Wide ones stay there up to TN_WHOLE_DEPTH, and need
  // no pieces while A fits the last level, TN_WHOLE_BYTES.
  TN_DEPTH = PANEL_VECTORS == 4 ? 256 : 192,
  TN_WHOLE_DEPTH = PANEL_VECTORS == 4 ? 1024 : 192,
  TN_WHOLE_BYTES = 4 << 20,
  // The rows and the panels of C whose sums wait in scratch for the next piece: so many that A's part, B's part and the
  // sums stay in the second level, and that A is fetched from beyond it once for 256 columns.
  TN_ROW_BLOCK = PANEL_VECTORS == 4 ? 384 : 192,
  WAITING_PANELS = PANEL_VECTORS == 4 ? 4 : 16,
  // A's part is copied to rows that lie 25 or 13 lines apart (50 or 26 in doubles): those of A may share a few sets of
  // a cache, and lie on as many pages as the piece is deep.
  COPIED_A_STRIDE = TN_ROW_BLOCK + 16,
  TN_COPIES = TN_DEPTH * WAITING_PANELS > TN_WHOLE_DEPTH * COPIED_PANELS ? TN_DEPTH * WAITING_PANELS
                                                                         : TN_WHOLE_DEPTH * COPIED_PANELS,
  TN_SCRATCH = (TN_COPIES + TN_ROW_BLOCK * WAITING_PANELS) * PANEL_FLOATS + TN_DEPTH * COPIED_A_STRIDE,
  // From so deep on there is time to fetch what a tile needs at its end while it is at work.
  PREFETCHED_DEPTH = 8,
  // No rule: the gradient is stored.
  BK_STORE = BK_LAMB + 1,
  TN_RULES,
};

#endif

// So many doubles as fit a vector, at any address of a double.
typedef double BK(wide) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(double)), may_alias));

// sums + x^2, the lanes of x added to those of `sums` in turn.
BK_INLINE BK(wide) BK(plus_squares)(BK(wide) sums, const VEC x) {
#if REAL_BYTES == 4
  typedef float half __attribute__((vector_size(VECTOR_BYTES / 2)));
  half parts[2];
  memcpy(parts, &x, sizeof x);
  const BK(wide) low = __builtin_convertvector(parts[0], BK(wide)), high = __builtin_convertvector(parts[1], BK(wide));
  return sums + low * low + high * high;
#else
  return sums + (BK(wide))x * (BK(wide))x;
#endif
}

// A tile of C: the operands moved to its corner, and what becomes of it.
typedef struct {
  ptrdiff_t depth;
  const REAL *a;
  ptrdiff_t a_depth;
  const REAL *b;
  ptrdiff_t b_depth;
  REAL *c;
  ptrdiff_t c_row;
  REAL *state0, *state1, *state2;
  BK(rule) rule;
  // Sums of earlier pieces of the contraction, [rows][width]; whether this is the first piece, and the last.
  REAL *waiting;
  int first, last;
  // A vector of sums of the squares of C's elements; NULL where nobody asks.
  BK(wide) *squares;
} BK(tn_tile);

// Tiles of `rows` rows one below the other. `rule`, whether it `decays` and `rows` are constants wherever this is
// inlined. The tile is a copy of its own: what is written to C could otherwise be part of it.
BK_INLINE void BK(tn_tiles)(const int rule, const int decays, const int rows, ptrdiff_t count,
                                  BK(tn_tile) t) {
  const int states = bk_state_count(rule);
  for (; count > 0; count--) {
    VEC sums[DEEP_TN_ROWS][PANEL_VECTORS];
    BK_UNROLL for (int i = 0; i < rows; i++) BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++) sums[i][v] = (VEC){0};
    if (!t.first)
      BK_UNROLL for (int i = 0; i < rows; i++)
        BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++)
          sums[i][v] = BK(load)(t.waiting + (i * PANEL_VECTORS + v) * LANES);
    if (t.last && t.depth >= PREFETCHED_DEPTH)
      BK_UNROLL for (int i = 0; i < rows; i++)
        BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++) {
          const ptrdiff_t at = i * t.c_row + v * LANES;
          if (v * VECTOR_BYTES % 64 != 0) continue;
          __builtin_prefetch(t.c + at, 1);
          if (states > 0) __builtin_prefetch(t.state0 + at, 1);
          if (states > 1) __builtin_prefetch(t.state1 + at, 1);
          if (states > 2) __builtin_prefetch(t.state2 + at, 1);
        }
    const REAL *a = t.a, *b = t.b;
    for (ptrdiff_t left = t.depth; left > 0; left--) {
      VEC y[PANEL_VECTORS];
      BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++) y[v] = BK(load)(b + v * LANES);
      BK_UNROLL for (int i = 0; i < rows; i++)
        BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++) sums[i][v] += a[i] * y[v];
      a += t.a_depth;
      b += t.b_depth;
    }
    if (t.last && t.squares) {
      BK(wide) squares = *t.squares;
      BK_UNROLL for (int i = 0; i < rows; i++)
        BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++) squares = BK(plus_squares)(squares, sums[i][v]);
      *t.squares = squares;
    }
    BK_UNROLL for (int i = 0; i < rows; i++)
      BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++) {
        const ptrdiff_t at = i * t.c_row + v * LANES;
        if (!t.last)
          BK(store)(t.waiting + (i * PANEL_VECTORS + v) * LANES, sums[i][v]);
        else if (rule == BK_STORE)
          BK(store)(t.c + at, sums[i][v]);
        else
          BK(update_vector)(rule, decays, t.rule, t.c + at, sums[i][v], states > 0 ? t.state0 + at : NULL,
                            states > 1 ? t.state1 + at : NULL, states > 2 ? t.state2 + at : NULL);
      }
    t.a += rows;
    t.c += rows * t.c_row;
    if (states > 0) t.state0 += rows * t.c_row;
    if (states > 1) t.state1 += rows * t.c_row;
    if (states > 2) t.state2 += rows * t.c_row;
    t.waiting += rows * PANEL_VECTORS * LANES;
  }
}

#define BK_TILES(rule, decays, rows)                                                                                \
  __attribute__((noinline)) static void BK(rule##decays##_##rows)(ptrdiff_t count, const BK(tn_tile) * t) { \
    BK(tn_tiles)(rule, decays, rows, count, *t);                                                            \
  }
#if DEEP_TILES
#define BK_HEIGHTS(rule, decays) \
  BK_TILES(rule, decays, 1) BK_TILES(rule, decays, 2) BK_TILES(rule, decays, 4) BK_TILES(rule, decays, 6)
#else
#define BK_HEIGHTS(rule, decays) BK_TILES(rule, decays, 1) BK_TILES(rule, decays, 2) BK_TILES(rule, decays, 4)
#endif
#define BK_RULE(rule) BK_HEIGHTS(rule, 0) BK_HEIGHTS(rule, 1)
BK_RULE(BK_SGD) BK_RULE(BK_MOMENTUM) BK_RULE(BK_NESTEROV) BK_RULE(BK_ADAM) BK_RULE(BK_ADAMW) BK_RULE(BK_RMSPROP)
BK_RULE(BK_RMSPROP_MOMENTUM) BK_RULE(BK_RMSPROP_CENTRED) BK_RULE(BK_RMSPROP_CENTRED_MOMENTUM) BK_RULE(BK_ADAGRAD)
BK_HEIGHTS(BK_STORE, 0)
#undef BK_RULE
#undef BK_HEIGHTS
#undef BK_TILES

// Some rows of a panel in the highest tiles that fit, the highest of `height` rows.
static void BK(tn_rows)(const int rule, ptrdiff_t rows, ptrdiff_t height, BK(tn_tile) t) {
  typedef void tiles(ptrdiff_t count, const BK(tn_tile) * t);
  static const ptrdiff_t heights[] = {1, 2, 4, DEEP_TN_ROWS};
#if DEEP_TILES
#define BK_HEIGHTS(name) {BK(name##_1), BK(name##_2), BK(name##_4), BK(name##_6)}
#else
#define BK_HEIGHTS(name) {BK(name##_1), BK(name##_2), BK(name##_4)}
#endif
#define BK_RULE(rule) [rule] = {BK_HEIGHTS(rule##0), BK_HEIGHTS(rule##1)}
  static tiles *const all[TN_RULES][2][TN_HEIGHTS] = {
      BK_RULE(BK_SGD),
      BK_RULE(BK_MOMENTUM),
      BK_RULE(BK_NESTEROV),
      BK_RULE(BK_ADAM),
      BK_RULE(BK_ADAMW),
      BK_RULE(BK_RMSPROP),
      BK_RULE(BK_RMSPROP_MOMENTUM),
      BK_RULE(BK_RMSPROP_CENTRED),
      BK_RULE(BK_RMSPROP_CENTRED_MOMENTUM),
      BK_RULE(BK_ADAGRAD),
      [BK_STORE] = {BK_HEIGHTS(BK_STORE0)},
  };
#undef BK_RULE
#undef BK_HEIGHTS
  for (int i = TN_HEIGHTS - 1; i >= 0; i--) {
    if (heights[i] > height || heights[i] > rows) continue;
    all[rule][t.rule.weight_decay != 0][i](rows / heights[i], &t);
    const ptrdiff_t done = rows - rows % heights[i];
    t.a += done;
    t.c += done * t.c_row;
    if (t.state0) t.state0 += done * t.c_row;
    if (t.state1) t.state1 += done * t.c_row;
    if (t.state2) t.state2 += done * t.c_row;
    t.waiting += done * PANEL_VECTORS * LANES;
    rows -= done;
  }
}

// Parts of panels of B, each one row after another, the panels `depth` rows apart.
static void BK(copy_panels)(const bk_product_tn *p, ptrdiff_t panel, ptrdiff_t panels, ptrdiff_t first,
                            ptrdiff_t depth, REAL *copy) {
  const REAL *b = (const REAL *)p->b + panel * p->b_panel + first * p->b_depth;
  for (ptrdiff_t d = 0; d < depth; d++)
    for (ptrdiff_t i = 0; i < panels; i++)
      BK_UNROLL for (int v = 0; v < PANEL_VECTORS; v++)
        BK(store)(copy + ((i * depth + d) * PANEL_VECTORS + v) * LANES,
                  BK(load)(b + d * p->b_depth + i * p->b_panel + v * LANES));
}

// Some rows of C's part of A, one step of the contraction after another.
static void BK(copy_rows)(const bk_product_tn *p, ptrdiff_t row, ptrdiff_t rows, ptrdiff_t first, ptrdiff_t depth,
                          REAL *copy) {
  const REAL *a = (const REAL *)p->a + row + first * p->a_depth;
  for (ptrdiff_t d = 0; d < depth; d++)
    memcpy(copy + d * COPIED_A_STRIDE, a + d * p->a_depth, (size_t)rows * sizeof(REAL));
}

static void BK(product_tn)(const bk_product_tn *p, const bk_update *update, REAL *state0, REAL *state1,
                                 REAL *state2, REAL *scratch) {
  const ptrdiff_t width = PANEL_VECTORS * LANES;
  const int rule = update ? (int)update->rule : BK_STORE;
  const BK(rule) numbers = update ? BK(rule_of)(update) : (BK(rule)){0};
  const int copies = p->depth >= COPIED_DEPTH && p->rows >= COPIED_ROWS;
  const ptrdiff_t height = p->depth >= COPIED_DEPTH    ? DEEP_TN_ROWS
                           : p->depth >= SHALLOW_DEPTH ? TN_ROWS
                                                       : SHALLOW_TN_ROWS;
  const int is_whole =
      p->depth <= TN_WHOLE_DEPTH && p->rows * p->depth * (ptrdiff_t)sizeof(REAL) <= TN_WHOLE_BYTES;
  const ptrdiff_t piece = is_whole ? p->depth : bk_even_piece(p->depth, TN_DEPTH);
  const int in_pieces = piece < p->depth;
  const ptrdiff_t row_block = in_pieces ? TN_ROW_BLOCK : p->rows;
  const ptrdiff_t group_size = in_pieces ? WAITING_PANELS : COPIED_PANELS;
  REAL *const copy = scratch, *const waiting = scratch + TN_COPIES * width;
  REAL *const copy_a = waiting + TN_ROW_BLOCK * WAITING_PANELS * width;
  BK(wide) squares = {0};
  for (ptrdiff_t group = 0; group < p->panels; group += group_size)
    for (ptrdiff_t row = 0; row < p->rows; row += row_block) {
      const ptrdiff_t panels = BK(smaller)(group_size, p->panels - group);
      const ptrdiff_t rows = BK(smaller)(row_block, p->rows - row);
      ptrdiff_t first = 0;
      // Runs once for an empty contraction, too: the gradient is then zero.
      do {
        const ptrdiff_t depth = BK(smaller)(piece, p->depth - first);
        if (copies) BK(copy_panels)(p, group, panels, first, depth, copy);
        if (in_pieces) BK(copy_rows)(p, row, rows, first, depth, copy_a);
        for (ptrdiff_t i = 0; i < panels; i++) {
          const ptrdiff_t corner = (group + i) * p->c_panel + row * p->c_row;
          const BK(tn_tile) t = {
              .depth = depth,
              .a = in_pieces ? copy_a : (const REAL *)p->a + row + first * p->a_depth,
              .a_depth = in_pieces ? COPIED_A_STRIDE : p->a_depth,
              .b = copies ? copy + i * depth * width
                          : (const REAL *)p->b + (group + i) * p->b_panel + first * p->b_depth,
              .b_depth = copies ? width : p->b_depth,
              .c = (REAL *)p->c + corner,
              .c_row = p->c_row,
              .state0 = state0 ? state0 + corner : NULL,
              .state1 = state1 ? state1 + corner : NULL,
              .state2 = state2 ? state2 + corner : NULL,
              .rule = numbers,
              .waiting = waiting + i * row_block * width,
              .first = first == 0,
              .last = first + depth >= p->depth,
              .squares = p->squares ? &squares : NULL,
          };
          BK(tn_rows)(rule, rows, height, t);
        }
        first += depth;
      } while (first < p->depth);
    }
  if (!p->squares) return;
  for (int i = 0; i < VECTOR_BYTES / (int)sizeof(double); i++) *p->squares += squares[i];
}
