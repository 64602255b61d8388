// Row-wise work of a transformer layer, each in one pass over memory. Written once (kernels.inl), compiled for several instruction
// sets, chosen once by what the processor has. All functions work on rows or tasks [from, to), so that callers share them out among
// threads; no row's result depends on where the shares begin. Everything is float32 and contiguous.
#pragma once
#include <cstdint>

enum Activation : int32_t { kSilu = 0, kGeluTanh = 1 };

// Causal attention within sequences laid end to end, with grouped queries and an optional window.
struct PackedHeads {
  int64_t heads, kv_heads, dim;   // H, Hkv, D (a multiple of 16)
  const int64_t* starts;          // (B + 1) first key row of each sequence
  const int64_t* query_starts;    // (B + 1) first query row of each sequence
  const int64_t* positions;       // (R) each query's place in its sequence: it sees keys up to there
  int64_t window;                 // how many keys a query sees at the most
  float scale;
};

// The numbers of one step of AdamW: g's factor, the means' factors and those of what is added, the root's divisor, epsilon, the step's size.
struct AdamW { float gradient, beta1, rest1, beta2, rest2, root, epsilon, step; };

struct Kernels {
  // y = x / sqrt(mean(x^2) + eps) * (w + add); inverse (rows) keeps the inverse root for the backward pass.
  void (*rms_norm)(const float* x, const float* w, float add, float eps, float* y, float* inverse, int64_t width, int64_t from, int64_t to);
  // dx = residual + r (g - x r^2 mean(g x)), g = dy (w + add), r the inverse root. residual may be null.
  void (*rms_norm_backward)(const float* dy, const float* x, const float* w, float add, const float* inverse, const float* residual, float* dx,
                            int64_t width, int64_t from, int64_t to);
  // Turns heads (rows, heads, dim) in place by cos (rows, dim) and sin (rows, dim / 2); sign -1 turns back, which is the gradient.
  void (*rotate)(float* x, const float* cos, const float* sin, int64_t heads, int64_t dim, float sign, int64_t from, int64_t to);
  // m = act(g) u, element by element.
  void (*gated)(const float* g, const float* u, float* m, int32_t act, int64_t from, int64_t to);
  // dg = dm u act'(g); dm becomes du = dm act(g).
  void (*gated_backward)(float* dm, const float* g, const float* u, float* dg, int32_t act, int64_t from, int64_t to);
  // y = norm(x + residual + bias) w + b over each row: mean off, divided by sqrt(variance + eps). residual and bias may be null.
  void (*layer_norm)(const float* x, const float* residual, const float* bias, const float* w, const float* b, float eps, float* y, int64_t width,
                     int64_t from, int64_t to);
  // x = gelu(x + bias) in place, by the error function.
  void (*bias_gelu)(float* x, const float* bias, int64_t width, int64_t from, int64_t to);
  // y = x with elements dropped: an element's fate hangs on (stream, its row's key, its channel) alone, 16 random bits each; those below
  // threshold become 0, the others are multiplied by keep.
  void (*dropout)(const float* x, const uint64_t* keys, uint64_t stream, uint32_t threshold, float keep, float* y, int64_t width,
                  int64_t from, int64_t to);
  // Of each row of scores: losses = log(sum e^x) - x[target]; x becomes the gradient of that, softmax(x) - 1 at the target, if it is asked for.
  // Sums of more than a few hundred terms are taken in double: in float, over a vocabulary of 50,000, they cost four digits of the gradient.
  void (*cross_entropy)(float* x, const int64_t* targets, bool gradient, double* losses, int64_t width, int64_t from, int64_t to);
  // One step of AdamW on n elements whose gradients are multiplied by a.gradient first; the weights are multiplied by decay.
  void (*adamw)(float* p, const float* g, float* first, float* second, const AdamW& a, float decay, int64_t n);
  // The sum of the squares of n elements.
  double (*squares)(const float* x, int64_t n);
  // Floats of scratch a thread needs for attention over sequences of that length.
  int64_t (*attention_scratch)(const PackedHeads& p, int64_t longest, bool backward);
  // Tasks are (sequence, kv head): softmax(scale q k') v; lse (R, H) keeps each row's log of the sum of exponentials.
  void (*attention)(const PackedHeads& p, const float* q, const float* k, const float* v, float* o, float* lse, float* scratch, int64_t from,
                    int64_t to);
  // dk and dv of the task's own rows are written, dq of its queries, too. delta = sum of do * o is computed inside.
  void (*attention_backward)(const PackedHeads& p, const float* go, const float* q, const float* k, const float* v, const float* o, const float* lse,
                             float* dq, float* dk, float* dv, float* scratch, int64_t from, int64_t to);
};

const Kernels& kernels();   // for this processor
extern const Kernels kernels_plain, kernels_avx2, kernels_avx512;
