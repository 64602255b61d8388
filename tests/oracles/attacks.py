"""Training methods in plain PyTorch, double precision: one sample at a time, no packing, no padding, autograd through everything.

Standard input: JSON with a tiny LLaMA's config and weights, LoRA factors, rows, the uniform draws of each row, and the steps to take.
Standard output: for each step its losses, the norms of its perturbations and the gradient of every LoRA factor.
Definitions: docs/attacks.md; nothing here was written after the C# code.
"""
import json
import math
import sys

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
given = json.load(sys.stdin)
config = given["config"]
C, H, KV, D = config["hidden_size"], config["num_attention_heads"], config["num_key_value_heads"], config["head_dim"]


def matrix(entry):
    return torch.tensor(entry["values"], dtype=torch.float64).reshape(entry["shape"])


weights = {name: matrix(entry) for name, entry in given["weights"].items()}
factors = {name: matrix(entry).requires_grad_() for name, entry in given["lora"].items()}


def linear(x, name):
    y = x @ weights[name + ".weight"].T
    a, b = (factors.get(f"{name}.lora_{part}.weight") for part in "AB")
    return y if a is None else y + given["lora_scale"] * (x @ a.T) @ b.T


def norm(x, name):
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + config["rms_norm_eps"]) * weights[name + ".weight"]


def rotated(x):  # (T, heads, D); Su et al. (2021) in the halves of Hugging Face's checkpoints
    t = torch.arange(x.shape[0])
    angles = t[:, None] / config["rope_theta"] ** (2 * torch.arange(D // 2) / D)[None, :]
    cos, sin = angles.cos()[:, None, :], angles.sin()[:, None, :]
    left, right = x[..., : D // 2], x[..., D // 2 :]
    return torch.cat([left * cos - right * sin, right * cos + left * sin], -1)


def logits(x):  # (T, C) embeddings of one row
    T = x.shape[0]
    for i in range(config["num_hidden_layers"]):
        at = f"model.layers.{i}."
        y = norm(x, at + "input_layernorm")
        q, k, v = (linear(y, f"{at}self_attn.{n}_proj").reshape(T, -1, D) for n in "qkv")
        q, k = rotated(q), rotated(k)
        k, v = (z.repeat_interleave(H // KV, 1) for z in (k, v))
        scores = torch.einsum("qhd,khd->hqk", q, k) / math.sqrt(D)
        scores = scores.masked_fill(torch.ones(T, T, dtype=torch.bool).triu(1), -math.inf)
        x = x + linear(torch.einsum("hqk,khd->qhd", scores.softmax(-1), v).reshape(T, H * D), at + "self_attn.o_proj")
        y = norm(x, at + "post_attention_layernorm")
        x = x + linear(torch.nn.functional.silu(linear(y, at + "mlp.gate_proj")) * linear(y, at + "mlp.up_proj"), at + "mlp.down_proj")
    head = weights.get("lm_head.weight", weights["model.embed_tokens.weight"])
    return norm(x, "model.norm") @ head.T


rows = given["rows"]
answers = sum(len(r["answer"]) for r in rows)
X = [weights["model.embed_tokens.weight"][torch.tensor(r["prompt"] + r["answer"][:-1])] for r in rows]
U = {purpose: [torch.tensor(r["uniform"][purpose], dtype=torch.float64).reshape(x.shape) for r, x in zip(rows, X)]
     for purpose in ("delta", "neftune")}


def loss(deltas):  # mean over all answer tokens of the batch
    total = 0
    for r, x, delta in zip(rows, X, deltas):
        out = logits(x + delta)[len(r["prompt"]) - 1 :]
        total = total - out.log_softmax(-1)[torch.arange(len(r["answer"])), torch.tensor(r["answer"])].sum()
    return total / answers


def mask(row, x, scope):
    first, end = {"prompt": (0, len(row["prompt"])), "instruction": row["instruction"], "all": (0, len(x))}[scope]
    m = torch.zeros(len(x), 1)
    m[first:end] = 1
    return m


class Step:
    """One micro-batch of one method; gradients of the factors add up."""

    def __init__(self, o):
        self.o = o
        scope = o.get("scope", "prompt")
        self.masks = [mask(r, x, scope) for r, x in zip(rows, X)]
        self.sizes = [float(m.sum()) * C for m in self.masks]
        linf = o.get("norm") == "linf"
        lengths = [float((x * m).norm()) for x, m in zip(X, self.masks)]
        units = [n / math.sqrt(s) if linf else n for n, s in zip(lengths, self.sizes)] if o.get("relative") else [1.0] * len(X)
        self.epsilon = [o.get("epsilon", 0) * u for u in units]
        self.response = [1 - r["beta"] for r in rows]
        radius = o.get("radius", "fixed")
        self.radius = [e * b if radius == "responsive" else math.inf if radius == "none" else e for e, b in zip(self.epsilon, self.response)]
        self.alpha = [o["alpha"] * u for u in units] if "alpha" in o else self.radius
        self.linf, self.losses, self.norms = linf, [], []

    def random(self, scales):
        return [u * m * s * (1 if self.linf else 1 / math.sqrt(n)) for u, m, s, n in zip(U["neftune" if self.o["method"] == "neftune" else "delta"], self.masks, scales, self.sizes)]

    def project(self, delta, radius):
        if self.linf:
            return delta.clamp(-radius, radius)
        return delta * min(1.0, radius / float(delta.norm())) if float(delta.norm()) > 0 else delta

    def up(self, deltas, gradients, whole_batch=False):
        gradients = [g * m for g, m in zip(gradients, self.masks)]
        if whole_batch:
            total = torch.cat([g.flatten() for g in gradients]).norm()
            units = [g / total for g in gradients]
        else:
            units = [g.sign() if self.linf else g / g.norm() for g in gradients]
        return [self.project(d + a * u, r) for d, a, u, r in zip(deltas, self.alpha, units, self.radius)]

    def passed(self, deltas, parameters=True, weight=1.0, climb=True):
        """Forward and backward; the gradients of the deltas, and weight times those of the factors where wanted."""
        deltas = [d.detach().requires_grad_() for d in deltas]
        value = loss(deltas)
        self.losses.append(float(value))
        self.norms.append([float(d.norm()) for d in deltas])
        wanted = deltas + (list(factors.values()) if parameters else [])
        got = torch.autograd.grad(value, wanted)
        if parameters:
            for f, g in zip(factors.values(), got[len(deltas) :]):
                f.grad = weight * g if f.grad is None else f.grad + weight * g
        return got[: len(deltas)]

    def zero(self):
        return [torch.zeros_like(x) for x in X]

    def plain(self):
        self.passed(self.zero())

    def neftune(self):
        self.passed(self.random([self.o["alpha"]] * len(X)))

    def pgd(self):
        deltas = self.zero()
        for k in range(self.o["steps"]):
            deltas = self.up(deltas, self.passed(deltas, parameters=k == 0))
        self.passed(deltas, weight=self.o.get("lambda", 1))

    def freelb(self):
        K = self.o["steps"]
        deltas = self.random([self.o["c"] * e for e in self.epsilon])
        for k in range(K):
            gradients = self.passed(deltas, weight=1 / K)
            if k < K - 1:
                deltas = self.up(deltas, gradients)

    def freeat(self):
        # Plain gradient descent between the replays stands for the optimizer.
        deltas = self.random([self.o["c"] * e for e in self.epsilon])
        for _ in range(self.o["replays"]):
            for f in factors.values():
                f.grad = None
            deltas = self.up(deltas, self.passed(deltas))
            with torch.no_grad():
                for f in factors.values():
                    f -= self.o["lr"] * f.grad

    def nrm(self):
        two, whole, weight = self.o.get("two_pass", False), self.o.get("whole_batch", False), self.o.get("lambda", 1)
        if not two:
            self.passed(self.zero())
        if whole:
            self.sizes = [max(self.sizes)] * len(X)
        deltas = self.random([self.o["c"] * e * b for e, b in zip(self.epsilon, self.response)])
        deltas = self.up(deltas, self.passed(deltas, parameters=two), whole)
        self.passed(deltas, weight=weight)


results = []
start = {name: f.detach().clone() for name, f in factors.items()}
for options in given["steps"]:
    with torch.no_grad():
        for name, f in factors.items():
            f.copy_(start[name])
            f.grad = None
    step = Step(options)
    getattr(step, options["method"])()
    results.append({
        "losses": step.losses,
        "norms": step.norms,
        "gradients": {name: f.grad.flatten().tolist() for name, f in factors.items()},
    })
json.dump(results, sys.stdout)
