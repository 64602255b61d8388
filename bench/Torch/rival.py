# The same measurements as Program.cs in PyTorch: one line "name<TAB>nanoseconds of processor time" each.
import sys
import time
import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def measure(name, repeats, work):
    best = float("inf")
    for _ in range(5):
        start = time.process_time_ns()
        for _ in range(repeats):
            work()
        best = min(best, (time.process_time_ns() - start) / repeats)
    print(f"{name}\t{best:.0f}", flush=True)


with torch.no_grad():
    x, y = torch.randn(8), torch.randn(8)
    measure("add of 8 numbers", 50_000, lambda: x.add(y))
    measure("view", 50_000, lambda: x.view(2, 4))
    measure("numel", 50_000, lambda: x.numel())
    for dtype in (torch.float32, torch.bfloat16):
        for m, k, n in ((512, 512, 512), (942, 768, 768), (942, 768, 2048), (97, 768, 32000), (942, 768, 8), (96, 48, 96)):
            a, w = torch.randn(m, k).to(dtype), torch.randn(n, k).to(dtype)
            measure(f"linear {str(dtype)[6:]} {m}x{k}x{n}", 1 if m * k * n > 1e6 else 200, lambda: F.linear(a, w))
