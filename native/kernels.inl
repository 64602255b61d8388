// The kernels, in the compiler's vectors as wide as the instruction set's (wider ones live in memory). Included by kernels_*.cpp, each compiled
// with its own flags; uses no header with inline functions, which a linker might share among instruction sets.
#include "kernels.h"

namespace {
// kTile rows by two vectors of sums hide the multiplier's latency and fit the registers.
#if defined(__AVX512F__)
#define WIDTH 64
constexpr int kTile = 12;
#elif defined(__AVX2__)
#define WIDTH 32
constexpr int kTile = 6;
#else
#define WIDTH 16
constexpr int kTile = 6;
#endif
typedef float V __attribute__((vector_size(WIDTH), aligned(4), may_alias));
typedef int32_t I __attribute__((vector_size(WIDTH), aligned(4), may_alias));
constexpr int64_t kLanes = WIDTH / 4;
#define ALWAYS static inline __attribute__((always_inline))

ALWAYS void load(V& into, const float* p) { into = *reinterpret_cast<const V*>(p); }
ALWAYS void store(float* p, const V& v) { *reinterpret_cast<V*>(p) = v; }

// The last n < kLanes elements, zeros behind them.
ALWAYS void load_part(V& into, const float* p, int64_t n) { V v = {}; for (int64_t i = 0; i < n; i++) v[i] = p[i]; into = v; }
ALWAYS void store_part(float* p, const V& v, int64_t n) { for (int64_t i = 0; i < n; i++) p[i] = v[i]; }

ALWAYS float sum(const V& v) {
  float s = 0;
  for (int i = 0; i < kLanes / 2; i++) s += v[i] + v[i + kLanes / 2];
  return s;
}

// e^x to about one unit in the last place (Cephes' polynomial); 0 below -87.3, and 88.3 and above give e^88.3.
ALWAYS void exp_of(V& x) {
  const V low = V{} - 87.3f, high = V{} + 88.3f;
  x = x < low ? low : x;
  x = x > high ? high : x;
  const V n = (x * 1.44269504f + 12582912.f) - 12582912.f; // rounds to the nearest integer
  V r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  V p = V{} + 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  const I bits = (__builtin_convertvector(n, I) + 127) << 23;
  x = p * *reinterpret_cast<const V*>(&bits);
}

// act(g) and its derivative.
ALWAYS void activate(const V& g, int32_t act, V& value, V& slope) {
  if (act == kSilu) {
    V s = V{} - g;
    exp_of(s);
    s = 1.f / (1.f + s);
    value = g * s;
    slope = s * (1.f + g * (1.f - s));
  } else {
    const V inner = 0.7978845608f * (g + 0.044715f * g * g * g);
    V t = 2.f * inner;
    exp_of(t);
    t = 1.f - 2.f / (t + 1.f);
    value = 0.5f * g * (1.f + t);
    slope = 0.5f * (1.f + t) + 0.5f * g * (1.f - t * t) * 0.7978845608f * (1.f + 0.134145f * g * g);
  }
}

void rms_norm(const float* x, const float* w, float add, float eps, float* y, float* inverse, int64_t width, int64_t from, int64_t to) {
  const int64_t whole = width / kLanes * kLanes;
  for (int64_t row = from; row < to; row++) {
    const float* in = x + row * width;
    float* out = y + row * width;
    V squares = {}, v, weight;
    for (int64_t i = 0; i < whole; i += kLanes) { load(v, in + i); squares += v * v; }
    if (whole < width) { load_part(v, in + whole, width - whole); squares += v * v; }
    const float r = 1.f / __builtin_sqrtf(sum(squares) / static_cast<float>(width) + eps);
    inverse[row] = r;
    for (int64_t i = 0; i < whole; i += kLanes) {
      load(v, in + i); load(weight, w + i);
      store(out + i, v * r * (weight + add));
    }
    for (int64_t i = whole; i < width; i++) out[i] = in[i] * r * (w[i] + add);
  }
}

void rms_norm_backward(const float* dy, const float* x, const float* w, float add, const float* inverse, const float* residual, float* dx,
                       int64_t width, int64_t from, int64_t to) {
  const int64_t whole = width / kLanes * kLanes;
  for (int64_t row = from; row < to; row++) {
    const float *g = dy + row * width, *in = x + row * width, *rest = residual ? residual + row * width : nullptr;
    float* out = dx + row * width;
    V dots = {}, a, b, c;
    for (int64_t i = 0; i < whole; i += kLanes) { load(a, g + i); load(b, in + i); load(c, w + i); dots += a * (c + add) * b; }
    float dot = sum(dots);
    for (int64_t i = whole; i < width; i++) dot += g[i] * (w[i] + add) * in[i];
    const float r = inverse[row], pull = dot * r * r * r / static_cast<float>(width);
    for (int64_t i = 0; i < whole; i += kLanes) {
      load(a, g + i); load(b, in + i); load(c, w + i);
      V d = a * (c + add) * r - b * pull;
      if (rest) { load(a, rest + i); d += a; }
      store(out + i, d);
    }
    for (int64_t i = whole; i < width; i++) out[i] = g[i] * (w[i] + add) * r - in[i] * pull + (rest ? rest[i] : 0.f);
  }
}

void rotate(float* x, const float* cos, const float* sin, int64_t heads, int64_t dim, float sign, int64_t from, int64_t to) {
  const int64_t half = dim / 2, whole = half / kLanes * kLanes;
  for (int64_t row = from; row < to; row++) {
    const float *c = cos + row * dim, *s = sin + row * half;
    for (int64_t h = 0; h < heads; h++) {
      float *left = x + (row * heads + h) * dim, *right = left + half;
      V l, r, cv, sv;
      for (int64_t i = 0; i < whole; i += kLanes) {
        load(l, left + i); load(r, right + i); load(cv, c + i); load(sv, s + i);
        sv *= sign;
        store(left + i, l * cv - r * sv);
        store(right + i, r * cv + l * sv);
      }
      for (int64_t i = whole; i < half; i++) {
        const float a = left[i], b = right[i], t = s[i] * sign;
        left[i] = a * c[i] - b * t;
        right[i] = b * c[i] + a * t;
      }
    }
  }
}

void gated(const float* g, const float* u, float* m, int32_t act, int64_t from, int64_t to) {
  V a, b, value, slope;
  int64_t i = from;
  for (; i + kLanes <= to; i += kLanes) {
    load(a, g + i); load(b, u + i);
    activate(a, act, value, slope);
    store(m + i, value * b);
  }
  if (i == to) return;
  load_part(a, g + i, to - i); load_part(b, u + i, to - i);
  activate(a, act, value, slope);
  store_part(m + i, value * b, to - i);
}

void gated_backward(float* dm, const float* g, const float* u, float* dg, int32_t act, int64_t from, int64_t to) {
  V a, b, d, value, slope;
  int64_t i = from;
  for (; i + kLanes <= to; i += kLanes) {
    load(a, g + i); load(b, u + i); load(d, dm + i);
    activate(a, act, value, slope);
    store(dg + i, d * b * slope);
    store(dm + i, d * value);
  }
  if (i == to) return;
  const int64_t n = to - i;
  load_part(a, g + i, n); load_part(b, u + i, n); load_part(d, dm + i, n);
  activate(a, act, value, slope);
  store_part(dg + i, d * b * slope, n);
  store_part(dm + i, d * value, n);
}

void layer_norm(const float* x, const float* residual, const float* bias, const float* w, const float* b, float eps, float* y, int64_t width,
                int64_t from, int64_t to) {
  const int64_t whole = width / kLanes * kLanes;
  for (int64_t row = from; row < to; row++) {
    const float *in = x + row * width, *rest = residual ? residual + row * width : nullptr;
    float* out = y + row * width;
    V sums = {}, v, a;
    for (int64_t i = 0; i < whole; i += kLanes) {
      load(v, in + i);
      if (rest) { load(a, rest + i); v += a; }
      if (bias) { load(a, bias + i); v += a; }
      store(out + i, v);
      sums += v;
    }
    float total = sum(sums);
    for (int64_t i = whole; i < width; i++) total += out[i] = in[i] + (rest ? rest[i] : 0.f) + (bias ? bias[i] : 0.f);
    const float mean = total / static_cast<float>(width);
    V squares = {};
    for (int64_t i = 0; i < whole; i += kLanes) { load(v, out + i); v -= mean; squares += v * v; }
    float variance = sum(squares);
    for (int64_t i = whole; i < width; i++) variance += (out[i] - mean) * (out[i] - mean);
    const float r = 1.f / __builtin_sqrtf(variance / static_cast<float>(width) + eps);
    for (int64_t i = 0; i < whole; i += kLanes) {
      V weight;
      load(v, out + i); load(weight, w + i); load(a, b + i);
      store(out + i, (v - mean) * r * weight + a);
    }
    for (int64_t i = whole; i < width; i++) out[i] = (out[i] - mean) * r * w[i] + b[i];
  }
}

// x Phi(x) = x (1 - erfc(|x| / sqrt 2) / 2) or, below zero, x erfc / 2. erfc(z) = e^(-z^2) t P(t) with t = 1 / (1 + p z), the form of Abramowitz and
// Stegun 7.1.26; coefficients fitted here (tests/oracles/erfc.py), absolute error below 1e-8 before rounding.
ALWAYS void gelu(V& x) {
  V z = x < 0.f ? V{} - x : x;
  z *= 0.70710678f;
  V e = V{} - z * z;
  exp_of(e);
  const V t = 1.f / (1.f + 0.35f * z);
  V q = V{} - 0.198842608f;
  q = q * t + 0.77700509f;
  q = q * t - 0.690895307f;
  q = q * t + 0.696490249f;
  q = q * t - 0.0161803696f;
  q = q * t + 0.238441341f;
  q = q * t + 0.193981611f;
  const V half = e * q * t * 0.5f;
  x = x * (x < 0.f ? half : 1.f - half);
}

void bias_gelu(float* x, const float* bias, int64_t width, int64_t from, int64_t to) {
  const int64_t whole = width / kLanes * kLanes;
  V v, b;
  for (int64_t row = from; row < to; row++) {
    float* in = x + row * width;
    for (int64_t i = 0; i < whole; i += kLanes) {
      load(v, in + i); load(b, bias + i);
      v += b;
      gelu(v);
      store(in + i, v);
    }
    if (whole == width) continue;
    load_part(v, in + whole, width - whole); load_part(b, bias + whole, width - whole);
    v += b;
    gelu(v);
    store_part(in + whole, v, width - whole);
  }
}

// SplitMix64's finaliser (Steele, Lea, Flood 2014), as Anit.Models addresses random numbers.
constexpr uint64_t kGolden = 0x9E3779B97F4A7C15;
ALWAYS uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

void dropout(const float* x, const uint64_t* keys, uint64_t stream, uint32_t threshold, float keep, float* y, int64_t width,
             int64_t from, int64_t to) {
  for (int64_t row = from; row < to; row++) {
    const uint64_t key = mix(stream + kGolden * (keys[row] | 1) + mix(keys[row]));
    const float* in = x + row * width;
    float* out = y + row * width;
    for (int64_t i = 0; i < width; i += 4) {
      const uint64_t bits = mix(key + kGolden * (static_cast<uint64_t>(i) + 1));
      for (int64_t j = i; j < i + 4 && j < width; j++) out[j] = (bits >> 16 * (j - i) & 0xFFFF) < threshold ? 0.f : in[j] * keep;
    }
  }
}

void cross_entropy(float* x, const int64_t* targets, bool gradient, double* losses, int64_t width, int64_t from, int64_t to) {
  constexpr int64_t kRun = 16; // vectors summed in float
  const int64_t whole = width / kLanes * kLanes;
  for (int64_t row = from; row < to; row++) {
    float* in = x + row * width;
    V v, tops = V{} + in[0];
    for (int64_t i = 0; i < whole; i += kLanes) { load(v, in + i); tops = v > tops ? v : tops; }
    float most = tops[0];
    for (int64_t i = 1; i < kLanes; i++) most = tops[i] > most ? tops[i] : most;
    for (int64_t i = whole; i < width; i++) most = in[i] > most ? in[i] : most;
    double total = 0;
    for (int64_t i = 0; i < whole; i += kRun * kLanes) {
      V part = {};
      const int64_t end = whole < i + kRun * kLanes ? whole : i + kRun * kLanes;
      for (int64_t j = i; j < end; j += kLanes) { load(v, in + j); v -= most; exp_of(v); part += v; }
      total += sum(part);
    }
    if (whole < width) {
      load_part(v, in + whole, width - whole);
      v -= most;
      exp_of(v);
      for (int64_t i = whole; i < width; i++) total += v[i - whole];
    }
    losses[row] = __builtin_log(total) + (static_cast<double>(most) - in[targets[row]]);
    if (!gradient) continue;
    // The exponentials once more, from scores that are still in the cache: keeping them would be a second pass through memory.
    const float part = 1.f / static_cast<float>(total);
    for (int64_t i = 0; i < whole; i += kLanes) { load(v, in + i); v -= most; exp_of(v); store(in + i, v * part); }
    if (whole < width) {
      load_part(v, in + whole, width - whole);
      v -= most;
      exp_of(v);
      store_part(in + whole, v * part, width - whole);
    }
    in[targets[row]] -= 1.f;
  }
}

void adamw(float* __restrict p, const float* __restrict g, float* __restrict first, float* __restrict second, const AdamW& a, float decay,
           int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    const float grad = g[i] * a.gradient, mean = first[i] * a.beta1 + grad * a.rest1, square = second[i] * a.beta2 + grad * grad * a.rest2;
    first[i] = mean;
    second[i] = square;
    p[i] = p[i] * decay - a.step * (mean / (__builtin_sqrtf(square) / a.root + a.epsilon));
  }
}

double squares(const float* x, int64_t n) {
  constexpr int64_t kRun = 16 * kLanes; // summed in float
  double total = 0;
  for (int64_t i = 0; i < n; i += kRun) {
    const int64_t end = n < i + kRun ? n : i + kRun;
    V part = {}, v;
    int64_t j = i;
    for (; j + kLanes <= end; j += kLanes) { load(v, x + j); part += v * v; }
    if (j < end) { load_part(v, x + j, end - j); part += v * v; }
    total += sum(part);
  }
  return total;
}

// M rows and Wide vectors of C: C (+)= A B with A(m, k) = a[m * am + k * ak] and B (K, ..) of row length ldb.
template <int M, int Wide>
ALWAYS void block_of(int64_t k, const float* a, int64_t am, int64_t ak, const float* b, int64_t ldb, float* c, int64_t ldc, bool add) {
  V sums[M][Wide], row[Wide];
  for (int m = 0; m < M; m++)
    for (int w = 0; w < Wide; w++) { if (add) load(sums[m][w], c + m * ldc + w * kLanes); else sums[m][w] = V{}; }
  for (int64_t i = 0; i < k; i++) {
    for (int w = 0; w < Wide; w++) load(row[w], b + i * ldb + w * kLanes);
    for (int m = 0; m < M; m++) {
      const float left = a[m * am + i * ak];
      for (int w = 0; w < Wide; w++) sums[m][w] += row[w] * left;
    }
  }
  for (int m = 0; m < M; m++)
    for (int w = 0; w < Wide; w++) store(c + m * ldc + w * kLanes, sums[m][w]);
}

// M rows of C (M, N), N a multiple of kLanes.
template <int M>
ALWAYS void tile(int64_t n, int64_t k, const float* a, int64_t am, int64_t ak, const float* b, int64_t ldb, float* c, int64_t ldc, bool add) {
  int64_t j = 0;
  for (; j + 2 * kLanes <= n; j += 2 * kLanes) block_of<M, 2>(k, a, am, ak, b + j, ldb, c + j, ldc, add);
  for (; j < n; j += kLanes) block_of<M, 1>(k, a, am, ak, b + j, ldb, c + j, ldc, add);
}

void product(int64_t m, int64_t n, int64_t k, const float* a, int64_t am, int64_t ak, const float* b, int64_t ldb, float* c, int64_t ldc, bool add) {
  int64_t i = 0;
  for (; i + kTile <= m; i += kTile) tile<kTile>(n, k, a + i * am, am, ak, b, ldb, c + i * ldc, ldc, add);
  for (; i + 3 <= m; i += 3) tile<3>(n, k, a + i * am, am, ak, b, ldb, c + i * ldc, ldc, add);
  for (; i < m; i++) tile<1>(n, k, a + i * am, am, ak, b, ldb, c + i * ldc, ldc, add);
}

constexpr int64_t kBlock = 48; // queries at once: their scores stay in the cache

ALWAYS int64_t padded(int64_t n) { return (n + kLanes - 1) / kLanes * kLanes; }

int64_t attention_scratch(const PackedHeads& p, int64_t longest, bool backward) {
  return (backward ? 2 : 1) * (p.dim + kBlock) * padded(longest);
}

// A head's rows (length, dim) of stride ld as (dim, padded length), zeros behind.
ALWAYS void transpose(const float* x, int64_t ld, int64_t length, int64_t dim, float* into) {
  const int64_t wide = padded(length);
  for (int64_t d = 0; d < dim; d++) {
    float* row = into + d * wide;
    for (int64_t t = 0; t < length; t++) row[t] = x[t * ld + d];
    for (int64_t t = length; t < wide; t++) row[t] = 0.f;
  }
}

// exp(scale * s - shift) over the keys a query sees, zeros over the others up to `wide`; returns the sum.
ALWAYS float exponentials(float* s, int64_t low, int64_t high, int64_t wide, float scale, float shift) {
  V total = {}, v;
  for (int64_t j = 0; j < wide; j += kLanes) {
    load(v, s + j);
    v = v * scale - shift;
    exp_of(v);
    if (j < low || j + kLanes > high)
      for (int64_t i = 0; i < kLanes; i++) if (j + i < low || j + i >= high) v[i] = 0.f;
    store(s + j, v);
    total += v;
  }
  return sum(total);
}

struct Block { int64_t row, count, low, high, wide; }; // queries row.., keys low..high of the sequence, columns scored

ALWAYS Block block_at(const PackedHeads& p, int64_t row, int64_t end) {
  const int64_t count = end - row < kBlock ? end - row : kBlock;
  const int64_t first = p.positions[row] - p.window + 1, high = p.positions[row + count - 1] + 1;
  const int64_t low = first > 0 ? first / kLanes * kLanes : 0;
  return {row, count, low, high, padded(high - low)};
}

void attention(const PackedHeads& p, const float* q, const float* k, const float* v, float* o, float* lse, float* scratch, int64_t from, int64_t to) {
  const int64_t q_width = p.heads * p.dim, kv_width = p.kv_heads * p.dim, share = p.heads / p.kv_heads;
  for (int64_t task = from; task < to; task++) {
    const int64_t b = task / p.kv_heads, kv = task % p.kv_heads, start = p.starts[b], length = p.starts[b + 1] - start;
    const int64_t wide = padded(length);
    float *kt = scratch, *scores = scratch + p.dim * wide;
    const float *keys = k + start * kv_width + kv * p.dim, *values = v + start * kv_width + kv * p.dim;
    transpose(keys, kv_width, length, p.dim, kt);
    for (int64_t h = kv * share; h < (kv + 1) * share; h++)
      for (int64_t row = p.query_starts[b]; row < p.query_starts[b + 1]; row += kBlock) {
        const Block block = block_at(p, row, p.query_starts[b + 1]);
        const float* queries = q + row * q_width + h * p.dim;
        product(block.count, block.wide, p.dim, queries, q_width, 1, kt + block.low, wide, scores, block.wide, false);
        for (int64_t i = 0; i < block.count; i++) {
          float* s = scores + i * block.wide;
          const int64_t at = p.positions[row + i], first = at - p.window + 1;
          const int64_t low = (first > 0 ? first : 0) - block.low, high = at + 1 - block.low;
          float most = s[low];
          for (int64_t j = low + 1; j < high; j++) most = s[j] > most ? s[j] : most;
          most *= p.scale;
          const float total = exponentials(s, low, high, block.wide, p.scale, most), part = 1.f / total;
          for (int64_t j = 0; j < block.wide; j += kLanes) { V x; load(x, s + j); store(s + j, x * part); }
          lse[(row + i) * p.heads + h] = most + __builtin_logf(total);
        }
        product(block.count, p.dim, block.high - block.low, scores, block.wide, 1, values + block.low * kv_width, kv_width,
                o + row * q_width + h * p.dim, q_width, false);
      }
  }
}

void attention_backward(const PackedHeads& p, const float* go, const float* q, const float* k, const float* v, const float* o, const float* lse,
                        float* dq, float* dk, float* dv, float* scratch, int64_t from, int64_t to) {
  const int64_t q_width = p.heads * p.dim, kv_width = p.kv_heads * p.dim, share = p.heads / p.kv_heads;
  for (int64_t task = from; task < to; task++) {
    const int64_t b = task / p.kv_heads, kv = task % p.kv_heads, start = p.starts[b], length = p.starts[b + 1] - start;
    const int64_t wide = padded(length);
    float *kt = scratch, *vt = kt + p.dim * wide, *probs = vt + p.dim * wide, *ds = probs + kBlock * wide;
    const int64_t at = start * kv_width + kv * p.dim;
    transpose(k + at, kv_width, length, p.dim, kt);
    transpose(v + at, kv_width, length, p.dim, vt);
    for (int64_t t = 0; t < length; t++)
      for (int64_t d = 0; d < p.dim; d++) dk[at + t * kv_width + d] = dv[at + t * kv_width + d] = 0.f;
    for (int64_t h = kv * share; h < (kv + 1) * share; h++)
      for (int64_t row = p.query_starts[b]; row < p.query_starts[b + 1]; row += kBlock) {
        const Block block = block_at(p, row, p.query_starts[b + 1]);
        const int64_t first_query = row * q_width + h * p.dim, keys = block.high - block.low, first_key = at + block.low * kv_width;
        product(block.count, block.wide, p.dim, q + first_query, q_width, 1, kt + block.low, wide, probs, block.wide, false);
        product(block.count, block.wide, p.dim, go + first_query, q_width, 1, vt + block.low, wide, ds, block.wide, false);
        for (int64_t i = 0; i < block.count; i++) {
          const int64_t place = p.positions[row + i], first = place - p.window + 1;
          const int64_t low = (first > 0 ? first : 0) - block.low, high = place + 1 - block.low;
          float *s = probs + i * block.wide, *d = ds + i * block.wide;
          exponentials(s, low, high, block.wide, p.scale, lse[(row + i) * p.heads + h]);
          const float *g = go + first_query + i * q_width, *out = o + first_query + i * q_width;
          V dots = {}, x, y;
          for (int64_t j = 0; j < p.dim; j += kLanes) { load(x, g + j); load(y, out + j); dots += x * y; }
          const float delta = sum(dots);
          for (int64_t j = 0; j < block.wide; j += kLanes) { load(x, s + j); load(y, d + j); store(d + j, x * (y - delta) * p.scale); }
        }
        product(block.count, p.dim, keys, ds, block.wide, 1, k + first_key, kv_width, dq + first_query, q_width, false);
        product(keys, p.dim, block.count, ds, 1, block.wide, q + first_query, q_width, dk + first_key, kv_width, true);
        product(keys, p.dim, block.count, probs, 1, block.wide, go + first_query, q_width, dv + first_key, kv_width, true);
      }
  }
}
}

#define KERNELS { rms_norm, rms_norm_backward, rotate, gated, gated_backward, layer_norm, bias_gelu, dropout, cross_entropy, adamw, squares, \
                  attention_scratch, attention, attention_backward }
