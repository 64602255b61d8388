// Whole-list updates: one call for all parameters of a group, so that CUDA uses its multi-tensor kernels.
#include "anit_torch.h"
#include <ATen/core/grad_mode.h>
#include <cmath>

// Decoupled weight decay, Loshchilov and Hutter (2017), arXiv:1711.05101, in the order of PyTorch's multi-tensor AdamW.
ANIT int32_t anit_adamw(const Handle* parameters, const Handle* grads, const Handle* averages, const Handle* squares, const Handle* maxima,
                        int32_t n, int64_t step, double lr, double beta1, double beta2, double eps, double decay, bool maximize) {
  try {
    enter();
    if (n == 0) return kDone;
    at::NoGradGuard no_grad;
    auto p = list(parameters, n), g = list(grads, n), m = list(averages, n), v = list(squares, n);
    if (maximize) g = at::_foreach_neg(g);
    if (decay != 0) at::_foreach_mul_(p, 1 - lr * decay);
    at::_foreach_mul_(m, beta1);
    at::_foreach_add_(m, g, 1 - beta1);
    at::_foreach_mul_(v, beta2);
    at::_foreach_addcmul_(v, g, g, 1 - beta2);
    double correction1 = 1 - std::pow(beta1, static_cast<double>(step)), correction2 = 1 - std::pow(beta2, static_cast<double>(step));
    std::vector<at::Tensor> bound = v;
    if (maxima) {
      bound = list(maxima, n);
      for (int32_t i = 0; i < n; i++) at::maximum_out(bound[i], bound[i], v[i]);
    }
    auto root = at::_foreach_sqrt(bound);
    at::_foreach_div_(root, std::sqrt(correction2));
    at::_foreach_add_(root, eps);
    at::_foreach_addcdiv_(p, m, root, -lr / correction1);
    return kDone;
  } CATCH
  return kFailed;
}

// Scales the gradients in place so that their joint norm is at most `most`; tells the norm before.
ANIT int32_t anit_clip_grad_norm(const Handle* grads, int32_t n, double most, double p, double* norm) {
  try {
    enter();
    at::NoGradGuard no_grad;
    *norm = 0;
    if (n == 0) return kDone;
    auto g = list(grads, n);
    std::vector<at::Tensor> norms;
    for (auto& one : g) norms.push_back(at::norm(one, at::Scalar(p)).to(at::kFloat).to(g[0].device()));
    at::Tensor total = at::norm(at::stack(norms), at::Scalar(p));
    *norm = total.item<double>();
    double scale = most / (*norm + 1e-6);
    if (scale < 1) at::_foreach_mul_(g, scale);
    return kDone;
  } CATCH
  return kFailed;
}
ANIT int32_t anit_clip_grad_value(const Handle* grads, int32_t n, double most) {
  DO(at::NoGradGuard no_grad; for (auto& g : list(grads, n)) g.clamp_(-most, most);)
}
