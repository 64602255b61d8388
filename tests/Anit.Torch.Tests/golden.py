# Writes golden.json, the numbers GoldenTests.cs expects: python3 golden.py > golden.json (made with PyTorch 1.13.1, fp32, CPU).
# Inputs are formulas, not random numbers, so that the C# side can make the same ones.
import json
import torch
import torch.nn.functional as F

wave = lambda step, start, *shape: torch.sin(torch.arange(torch.Size(shape).numel(), dtype=torch.float64) * step + start).float().reshape(shape)
a, b, m = wave(0.7, 0.0, 3, 4), wave(0.3, 1.0, 3, 4), wave(0.5, 2.0, 4, 5)
x3, y3 = wave(0.9, 0.1, 2, 3, 4), wave(0.4, 0.2, 2, 4, 3)
q, k, v = wave(0.31, 0.0, 1, 2, 5, 4), wave(0.23, 1.0, 1, 2, 5, 4), wave(0.17, 2.0, 1, 2, 5, 4)
i = torch.tensor([2, 0, 2])
logits, targets = wave(1.3, 0.5, 4, 6) * 3, torch.tensor([1, 5, -100, 0])
mask = a > 0

golden = {
    "add": a + b, "sub": a - b, "mul": a * b, "div": a / b, "div floor": torch.div(a, b, rounding_mode="floor"), "scalar ops": 2 - 3 * a / 4 + 1,
    "inverse": 1 / (a + 2), "pow": (a + 2) ** 1.5, "pow tensor": (a + 2).pow(b), "remainder": a.remainder(0.3), "exp": a.exp(), "log": (a + 2).log(),
    "sqrt": (a + 2).sqrt(), "rsqrt": (a + 2).rsqrt(), "sin": a.sin(), "cos": a.cos(), "tanh": a.tanh(), "sigmoid": a.sigmoid(),
    "round": (a * 10).round(), "clamp": a.clamp(-0.5, 0.25), "addcmul": a.addcmul(a, b, value=0.5), "matmul": a @ m, "bmm": x3.bmm(y3),
    "addmm": torch.addmm(m[:3], a, m, beta=0.5, alpha=2), "baddbmm": torch.baddbmm(x3[:, :, :3], x3, y3), "outer": torch.outer(a[0], b[1]),
    "sum": a.sum(), "sum dim": a.sum(0), "sum dims": x3.sum((0, 2), keepdim=True), "mean": a.mean(), "mean dims": x3.mean((1,)), "std": a.std(),
    "var dim": a.var(1), "norm": a.norm(), "norm 1": a.norm(p=1), "norm dim": a.norm(dim=1), "max values": a.max(1)[0], "argmax": a.argmax(1),
    "all": mask.all(0), "index_select": a.index_select(0, i), "masked_fill": a.masked_fill(mask, -1), "where": torch.where(mask, a, b),
    "index_add": torch.zeros(3, 4).index_add_(0, i, b, alpha=2), "tril": a.tril(), "triu": a.triu(1), "repeat_interleave": a.repeat_interleave(2, 0),
    "slices": a[1:, ::2], "ellipsis": x3[..., -1], "none": a[:, None, 1], "index list": a[i, torch.tensor([0, 1, 3])], "tensor index": a[mask],
    "silu": F.silu(a), "gelu": F.gelu(a), "gelu tanh": F.gelu(a, approximate="tanh"), "softmax": F.softmax(a, 1), "linear": F.linear(a, m.t(), m[0]),
    "cross_entropy": F.cross_entropy(logits, targets), "cross_entropy none": F.cross_entropy(logits, targets, reduction="none"),
    "cross_entropy sum smooth": F.cross_entropy(logits, targets, reduction="sum", label_smoothing=0.1),
    "attention": F.softmax(q @ k.transpose(-2, -1) / 2, -1) @ v,
    "attention causal": F.softmax((q @ k.transpose(-2, -1) / 2).masked_fill(torch.ones(5, 5).triu(1).bool(), float("-inf")), -1) @ v,
    "bfloat16": (a.bfloat16() * 3).float(), "float16": a.half().float(), "int division": torch.arange(7) // 2, "arange": torch.arange(1, 2, 0.25),
    "randn seed 7": torch.manual_seed(7) and torch.randn(6), "rand seed 7": torch.manual_seed(7) and torch.rand(6),
}

rows = {name: [float(f"{n:.7g}") for n in value.float().flatten().tolist()] for name, value in golden.items()}
print("{\n" + ",\n".join(f'  "{name}": {json.dumps(numbers)}' for name, numbers in rows.items()) + "\n}")
