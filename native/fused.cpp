// Row-wise work of a transformer layer on the CPU, fused and shared out among threads; the arithmetic is in kernels.inl.
#include "anit_torch.h"
#include "kernels.h"
#include <ATen/Parallel.h>
#include <algorithm>
#include <string>

namespace {
// What the kernels take for granted: float32, on the CPU, laid out row by row.
float* data(Handle h, const char* name) {
  const at::Tensor& t = ref(h);
  if (t.scalar_type() != at::kFloat || !t.device().is_cpu() || !t.is_contiguous())
    throw std::invalid_argument(std::string(name) + " must be a contiguous float32 tensor on the CPU");
  return t.data_ptr<float>();
}
const int64_t* places(Handle h) { return ref(h).data_ptr<int64_t>(); }
void same(Handle a, Handle b, const char* names) {
  if (ref(a).numel() != ref(b).numel()) throw std::invalid_argument(std::string(names) + " differ in size");
}
int64_t rows(Handle x, int64_t width) { return ref(x).numel() / width; }
at::Tensor like(Handle x) { return at::empty_like(ref(x), at::MemoryFormat::Contiguous); }

constexpr int64_t kShare = 16384; // elements that are worth another thread
template <class F> void share_rows(int64_t rows, int64_t width, const F& run) {
  at::parallel_for(0, rows, std::max<int64_t>(1, kShare / std::max<int64_t>(width, 1)), run);
}
template <class F> void share_elements(int64_t n, const F& run) { at::parallel_for(0, n, kShare, run); }

PackedHeads heads_of(int64_t heads, int64_t kv_heads, int64_t dim, Handle starts, Handle query_starts, Handle positions, int64_t window,
                     double scale) {
  if (dim % 16 != 0 || heads % kv_heads != 0) throw std::invalid_argument("heads must be multiples of 16 wide and share their keys evenly");
  return {heads, kv_heads, dim, places(starts), places(query_starts), places(positions), window, static_cast<float>(scale)};
}
template <class F> void share_tasks(const PackedHeads& p, Handle starts, bool backward, const F& run) {
  const int64_t sequences = ref(starts).numel() - 1;
  int64_t longest = 0;
  for (int64_t b = 0; b < sequences; b++) longest = std::max(longest, p.starts[b + 1] - p.starts[b]);
  const int64_t scratch = kernels().attention_scratch(p, longest, backward);
  at::parallel_for(0, sequences * p.kv_heads, 1, [&](int64_t from, int64_t to) {
    std::vector<float> mine(scratch);
    run(mine.data(), from, to);
  });
}
}

// y; the inverse roots (rows) through the last argument.
ANIT Handle anit_rms_norm(Handle x, Handle weight, double eps, double add, Handle* inverses) {
  try {
    enter();
    const float *in = data(x, "x"), *w = data(weight, "weight");
    const int64_t width = ref(weight).numel(), count = rows(x, width);
    at::Tensor y = like(x), inverse = at::empty({count}, ref(x).options());
    float *out = y.data_ptr<float>(), *roots = inverse.data_ptr<float>();
    share_rows(count, width, [&](int64_t from, int64_t to) {
      kernels().rms_norm(in, w, static_cast<float>(add), static_cast<float>(eps), out, roots, width, from, to);
    });
    *inverses = new at::Tensor(inverse);
    return new at::Tensor(y);
  } CATCH
  return nullptr;
}
// residual + the gradient of x.
ANIT Handle anit_rms_norm_backward(Handle dy, Handle x, Handle weight, Handle inverse, Handle residual, double add) {
  try {
    enter();
    same(dy, x, "dy and x");
    const float *g = data(dy, "dy"), *in = data(x, "x"), *w = data(weight, "weight"), *r = data(inverse, "inverse");
    const float* rest = residual ? data(residual, "residual") : nullptr;
    const int64_t width = ref(weight).numel();
    at::Tensor dx = like(x);
    float* out = dx.data_ptr<float>();
    share_rows(rows(x, width), width, [&](int64_t from, int64_t to) {
      kernels().rms_norm_backward(g, in, w, static_cast<float>(add), r, rest, out, width, from, to);
    });
    return new at::Tensor(dx);
  } CATCH
  return nullptr;
}
// x (rows, heads * dim), cos (rows, .., dim), sin (rows, .., dim / 2)
ANIT int32_t anit_rotate_(Handle x, Handle cos, Handle sin, int64_t dim, double sign) {
  DO({
    float* in = data(x, "x");
    const float *c = data(cos, "cos"), *s = data(sin, "sin");
    const int64_t count = rows(cos, dim), heads = ref(x).numel() / (std::max<int64_t>(count, 1) * dim);
    share_rows(count, heads * dim, [&](int64_t from, int64_t to) { kernels().rotate(in, c, s, heads, dim, static_cast<float>(sign), from, to); });
  })
}
ANIT Handle anit_gated(Handle gate, Handle up, int32_t activation) {
  try {
    enter();
    same(gate, up, "gate and up");
    const float *g = data(gate, "gate"), *u = data(up, "up");
    at::Tensor m = like(gate);
    float* out = m.data_ptr<float>();
    share_elements(m.numel(), [&](int64_t from, int64_t to) { kernels().gated(g, u, out, activation, from, to); });
    return new at::Tensor(m);
  } CATCH
  return nullptr;
}
// The gradient of gate; dm becomes that of up.
ANIT Handle anit_gated_backward_(Handle dm, Handle gate, Handle up, int32_t activation) {
  try {
    enter();
    same(dm, gate, "dm and gate");
    float* d = data(dm, "dm");
    const float *g = data(gate, "gate"), *u = data(up, "up");
    at::Tensor dg = like(gate);
    float* out = dg.data_ptr<float>();
    share_elements(dg.numel(), [&](int64_t from, int64_t to) { kernels().gated_backward(d, g, u, out, activation, from, to); });
    return new at::Tensor(dg);
  } CATCH
  return nullptr;
}
// norm(x + residual + bias) weight + shift; residual and bias may be absent.
ANIT Handle anit_layer_norm(Handle x, Handle residual, Handle bias, Handle weight, Handle shift, double eps) {
  try {
    enter();
    const float *in = data(x, "x"), *w = data(weight, "weight"), *b = data(shift, "shift");
    const float *rest = residual ? data(residual, "residual") : nullptr, *add = bias ? data(bias, "bias") : nullptr;
    if (residual) same(x, residual, "x and residual");
    if (bias) same(bias, weight, "bias and weight");
    same(shift, weight, "shift and weight");
    const int64_t width = ref(weight).numel();
    at::Tensor y = like(x);
    float* out = y.data_ptr<float>();
    share_rows(rows(x, width), width, [&](int64_t from, int64_t to) {
      kernels().layer_norm(in, rest, add, w, b, static_cast<float>(eps), out, width, from, to);
    });
    return new at::Tensor(y);
  } CATCH
  return nullptr;
}
ANIT int32_t anit_bias_gelu_(Handle x, Handle bias) {
  DO({
    float* in = data(x, "x");
    const float* b = data(bias, "bias");
    const int64_t width = ref(bias).numel();
    share_rows(rows(x, width), width, [&](int64_t from, int64_t to) { kernels().bias_gelu(in, b, width, from, to); });
  })
}
ANIT Handle anit_drop_rows(Handle x, const uint64_t* keys, uint64_t stream, uint32_t threshold, float keep) {
  try {
    enter();
    const float* in = data(x, "x");
    at::Tensor y = like(x);
    float* out = y.data_ptr<float>();
    const int64_t width = ref(x).size(-1);
    share_rows(rows(x, width), width, [&](int64_t from, int64_t to) { kernels().dropout(in, keys, stream, threshold, keep, out, width, from, to); });
    return new at::Tensor(y);
  } CATCH
  return nullptr;
}
// The mask itself, 0 or keep, wherever the keys (R,) are: the bits of the kernels, in int64, whose products and sums wrap as theirs do.
ANIT Handle anit_dropout_mask(Handle keys, uint64_t stream, uint32_t threshold, float keep, int64_t width, int32_t dtype) {
  try {
    enter();
    const auto number = [](uint64_t bits) { return at::Scalar(static_cast<int64_t>(bits)); };
    // A shift of a signed number brings its sign in: cleared.
    const auto right = [](const at::Tensor& z, int64_t by) { return z.bitwise_right_shift(by).bitwise_and_((int64_t{1} << (64 - by)) - 1); };
    const auto mix = [&](at::Tensor z) {
      z = right(z, 30).bitwise_xor_(z).mul_(number(0xBF58476D1CE4E5B9));
      z = right(z, 27).bitwise_xor_(z).mul_(number(0x94D049BB133111EB));
      return right(z, 31).bitwise_xor_(z);
    };
    constexpr uint64_t kGolden = 0x9E3779B97F4A7C15;
    const at::Tensor& rows = ref(keys);
    const at::Tensor of_row = mix(rows.bitwise_or(1).mul_(number(kGolden)).add_(number(stream)).add_(mix(rows.clone())));   // (R)
    const at::Tensor steps = at::arange(0, width, 4, rows.options()).add_(1).mul_(number(kGolden));                        // (W/4)
    const at::Tensor bits = mix(of_row.unsqueeze(1) + steps);                                                              // (R, W/4)
    std::vector<at::Tensor> quarters;
    for (int64_t part = 0; part < 4; part++)
      quarters.push_back(bits.bitwise_right_shift(16 * part).bitwise_and_(0xFFFF).ge(static_cast<int64_t>(threshold)));
    const at::Tensor stays = at::stack(quarters, 2).view({rows.size(0), -1}).narrow(1, 0, width);                          // (R, W)
    return new at::Tensor(stays.to(static_cast<at::ScalarType>(dtype)).mul_(keep));
  } CATCH
  return nullptr;
}
// The sum of all rows' losses, one number; the scores become its gradient if that is asked for.
ANIT Handle anit_answer_loss_(Handle x, Handle targets, int32_t gradient) {
  try {
    enter();
    float* in = data(x, "scores");
    const int64_t width = ref(x).size(-1), count = ref(x).size(0), *wanted = places(targets);
    if (ref(x).dim() != 2 || ref(targets).numel() != count) throw std::invalid_argument("scores must be (rows, words) with a target for each row");
    for (int64_t row = 0; row < count; row++)
      if (wanted[row] < 0 || wanted[row] >= width)
        throw std::invalid_argument("target " + std::to_string(wanted[row]) + " is not among " + std::to_string(width) + " words");
    at::Tensor losses = at::empty({count}, ref(x).options().dtype(at::kDouble));
    double* loss = losses.data_ptr<double>();
    share_rows(count, width, [&](int64_t from, int64_t to) { kernels().cross_entropy(in, wanted, gradient != 0, loss, width, from, to); });
    return new at::Tensor(losses.sum());
  } CATCH
  return nullptr;
}
namespace {
// Pieces of several tensors' elements, cut the same way whatever the number of threads.
struct Piece { size_t tensor; int64_t from, count; };
std::vector<Piece> pieces(const std::vector<at::Tensor>& all) {
  std::vector<Piece> made;
  for (size_t t = 0; t < all.size(); t++)
    for (int64_t from = 0; from < all[t].numel(); from += kShare) made.push_back({t, from, std::min(kShare, all[t].numel() - from)});
  return made;
}
bool have_kernels(const std::vector<at::Tensor>& all) {
  return std::all_of(all.begin(), all.end(), [](const at::Tensor& t) {
    return t.scalar_type() == at::kFloat && t.device().is_cpu() && t.is_contiguous();
  });
}
}

// The sum of the squares of all elements of n tensors, one number.
ANIT Handle anit_squared_norm(const Handle* tensors, int32_t n) {
  try {
    enter();
    const auto all = list(tensors, n);
    if (!have_kernels(all)) return new at::Tensor(at::stack(at::_foreach_norm(all)).to(at::kDouble).square().sum());
    const auto parts = pieces(all);
    at::Tensor sums = at::empty({static_cast<int64_t>(parts.size())}, at::TensorOptions().dtype(at::kDouble));
    double* into = sums.data_ptr<double>();
    at::parallel_for(0, sums.numel(), 1, [&](int64_t from, int64_t to) {
      for (int64_t i = from; i < to; i++) into[i] = kernels().squares(all[parts[i].tensor].data_ptr<float>() + parts[i].from, parts[i].count);
    });
    return new at::Tensor(sums.sum());
  } CATCH
  return nullptr;
}
// One step of AdamW over n tensors of weights, their gradients times a factor, and both running means; those with decays[i] are decayed.
ANIT int32_t anit_adamw_(const Handle* weights, const Handle* gradients, const Handle* firsts, const Handle* seconds,
                         const uint8_t* decays, int32_t n, double factor, double beta1, double beta2, double root, double epsilon,
                         double step, double decay) {
  DO({
    auto p = list(weights, n), g = list(gradients, n), first = list(firsts, n), second = list(seconds, n);
    for (int32_t i = 0; i < n; i++) {
      same(weights[i], gradients[i], "weights and gradients");
      same(weights[i], firsts[i], "weights and first means");
      same(weights[i], seconds[i], "weights and second means");
    }
    if (have_kernels(p) && have_kernels(g) && have_kernels(first) && have_kernels(second)) {
      const AdamW a{static_cast<float>(factor), static_cast<float>(beta1), static_cast<float>(1 - beta1), static_cast<float>(beta2),
                    static_cast<float>(1 - beta2), static_cast<float>(root), static_cast<float>(epsilon), static_cast<float>(step)};
      const auto parts = pieces(p);
      at::parallel_for(0, static_cast<int64_t>(parts.size()), 1, [&](int64_t from, int64_t to) {
        for (int64_t i = from; i < to; i++) {
          const Piece& part = parts[i];
          const size_t t = part.tensor;
          kernels().adamw(p[t].data_ptr<float>() + part.from, g[t].data_ptr<float>() + part.from, first[t].data_ptr<float>() + part.from,
                          second[t].data_ptr<float>() + part.from, a, decays[t] ? static_cast<float>(decay) : 1.f, part.count);
        }
      });
    } else if (n > 0) {
      // Elsewhere libtorch's own, a few kernels for all tensors together.
      std::vector<at::Tensor> decayed;
      for (int32_t i = 0; i < n; i++) if (decays[i]) decayed.push_back(p[i]);
      if (!decayed.empty()) at::_foreach_mul_(decayed, decay);
      if (factor != 1) g = at::_foreach_mul(g, factor);
      at::_foreach_mul_(first, beta1);
      at::_foreach_add_(first, g, 1 - beta1);
      at::_foreach_mul_(second, beta2);
      at::_foreach_addcmul_(second, g, g, 1 - beta2);
      auto scale = at::_foreach_sqrt(second);
      at::_foreach_div_(scale, root);
      at::_foreach_add_(scale, epsilon);
      at::_foreach_addcdiv_(p, first, scale, -step);
    }
  })
}
// o (R, H D); the logs of the sums of exponentials (R, H) through the last argument.
ANIT Handle anit_packed_attention(Handle q, Handle k, Handle v, int64_t heads, int64_t kv_heads, int64_t dim, Handle starts, Handle query_starts,
                                  Handle positions, int64_t window, double scale, Handle* sums) {
  try {
    enter();
    const PackedHeads p = heads_of(heads, kv_heads, dim, starts, query_starts, positions, window, scale);
    const float *qs = data(q, "q"), *ks = data(k, "k"), *vs = data(v, "v");
    at::Tensor o = like(q), lse = at::empty({rows(q, heads * dim), heads}, ref(q).options());
    float *out = o.data_ptr<float>(), *logs = lse.data_ptr<float>();
    share_tasks(p, starts, false, [&](float* scratch, int64_t from, int64_t to) {
      kernels().attention(p, qs, ks, vs, out, logs, scratch, from, to);
    });
    *sums = new at::Tensor(lse);
    return new at::Tensor(o);
  } CATCH
  return nullptr;
}
// The gradient of q; those of k and v through the last arguments.
ANIT Handle anit_packed_attention_backward(Handle go, Handle q, Handle k, Handle v, Handle o, Handle lse, int64_t heads, int64_t kv_heads,
                                           int64_t dim, Handle starts, Handle query_starts, Handle positions, int64_t window, double scale,
                                           Handle* of_keys, Handle* of_values) {
  try {
    enter();
    const PackedHeads p = heads_of(heads, kv_heads, dim, starts, query_starts, positions, window, scale);
    const float *g = data(go, "go"), *qs = data(q, "q"), *ks = data(k, "k"), *vs = data(v, "v"), *os = data(o, "o"), *logs = data(lse, "lse");
    at::Tensor dq = like(q), dk = like(k), dv = like(v);
    float *dqs = dq.data_ptr<float>(), *dks = dk.data_ptr<float>(), *dvs = dv.data_ptr<float>();
    share_tasks(p, starts, true, [&](float* scratch, int64_t from, int64_t to) {
      kernels().attention_backward(p, g, qs, ks, vs, os, logs, dqs, dks, dvs, scratch, from, to);
    });
    *of_keys = new at::Tensor(dk);
    *of_values = new at::Tensor(dv);
    return new at::Tensor(dq);
  } CATCH
  return nullptr;
}
