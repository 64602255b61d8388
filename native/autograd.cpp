// Gradients: the tape, its switches, and nodes whose backward runs in C#.
#include "anit_torch.h"
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/variable.h>

using torch::autograd::variable_list;

ANIT int32_t anit_requires_grad(Handle x) { return x->requires_grad(); }
ANIT int32_t anit_is_leaf(Handle x) { return x->is_leaf(); }
ANIT int32_t anit_requires_grad_(Handle x, bool on) { DO(ref(x).requires_grad_(on)) }
ANIT Handle anit_detach(Handle x) { TENSOR(ref(x).detach()) }
// Null with no error remembered means: no gradient yet. The grad member is defined only where it was accumulated.
ANIT Handle anit_grad(Handle x) { return x->grad().defined() ? new at::Tensor(x->grad()) : nullptr; }
ANIT int32_t anit_set_grad(Handle x, Handle grad) { DO(ref(x).mutable_grad() = grad ? *grad : at::Tensor()) }

ANIT int32_t anit_grad_enabled() { return c10::GradMode::is_enabled(); }
ANIT void anit_set_grad_enabled(bool on) { c10::GradMode::set_enabled(on); }
ANIT void* anit_inference_enter(bool on) {
  try { return new c10::InferenceMode(on); } CATCH
  return nullptr;
}
ANIT void anit_inference_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

static variable_list maybe_list(const Handle* p, int32_t n) {
  variable_list all(n);
  for (int32_t i = 0; i < n; i++) if (p[i]) all[i] = *p[i];
  return all;
}
// Outputs without a given gradient get ones, as in PyTorch (the engine insists that they are single numbers).
ANIT int32_t anit_backward(const Handle* outputs, int32_t n, const Handle* grads, int32_t g, int32_t retain, bool create,
                           const Handle* inputs, int32_t m) {
  DO(torch::autograd::backward(list(outputs, n), maybe_list(grads, g), retain < 0 ? Maybe<bool>() : Maybe<bool>(retain != 0), create,
                               list(inputs, m)))
}
ANIT int64_t anit_autograd_grad(const Handle* outputs, int32_t n, const Handle* inputs, int32_t m, const Handle* grads, int32_t g,
                                int32_t retain, bool create, bool unused) {
  TENSORS(torch::autograd::grad(list(outputs, n), list(inputs, m), maybe_list(grads, g),
                                retain < 0 ? Maybe<bool>() : Maybe<bool>(retain != 0), create, unused))
}

// run(state, grad, needed, made, n, why, room): fills made[i] where needed[i] and returns 0, or writes why not and returns -1.
using Backward = int32_t (*)(void*, Handle, const uint8_t*, Handle*, int32_t, char*, int32_t);
using Release = void (*)(void*);

namespace {
struct CallbackNode : torch::autograd::Node {
  Backward run;
  Release release;
  void* state;
  CallbackNode(Backward run, Release release, void* state) : run(run), release(release), state(state) {}
  ~CallbackNode() override { release_variables(); }
  std::string name() const override { return "AnitCallback"; }

  // The engine calls this once a node has run, unless the graph is retained: what the node kept is free before the next one runs.
  void release_variables() override {
    if (state) release(state);
    state = nullptr;
  }

  variable_list apply(variable_list&& grads) override {
    if (!state) throw std::runtime_error("trying to run backward through the graph a second time: say retain_graph the first time");
    size_t n = num_outputs();
    variable_list result(n);
    if (!grads[0].defined()) return result;
    std::vector<uint8_t> needed(n);
    for (size_t i = 0; i < n; i++) needed[i] = task_should_compute_output(i);
    std::vector<Handle> made(n, nullptr);
    char why[512] = "";
    int32_t status = run(state, &grads[0], needed.data(), made.data(), static_cast<int32_t>(n), why, sizeof why);
    for (size_t i = 0; i < n; i++) if (made[i]) { result[i] = *made[i]; delete made[i]; }
    if (status != 0) throw std::runtime_error(why);
    return result;
  }
};
}

// Makes `output` (computed without a tape) a function of `inputs` whose backward is `run`. Takes over `state`.
ANIT Handle anit_attach_backward(Handle output, const Handle* inputs, int32_t n, Backward run, Release release, void* state) {
  try {
    auto node = std::shared_ptr<CallbackNode>(new CallbackNode(run, release, state), torch::autograd::deleteNode);
    variable_list sources = list(inputs, n);
    torch::autograd::edge_list edges;
    for (auto& source : sources) edges.push_back(torch::autograd::impl::gradient_edge(source));
    node->set_next_edges(std::move(edges));
    at::Tensor result = ref(output).detach();
    torch::autograd::set_history(result, node);
    return new at::Tensor(result);
  } CATCH
  return nullptr;
}
