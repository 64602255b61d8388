#!/usr/bin/env python3
"""What each training method costs, and what the adversaries of `paper` and `nrm` do: the table and the figure of docs/attacks.md.

    make && python3 bench/attacks/measure.py ROWS MODEL [--dtype float32] [--rounds 2] [--work out/attacks]

ROWS is a table with noisy instructions and beta (anit-noise | anit-score), MODEL a folder. Costs: processor time of eleven steps less that of
three, one thread, the least of the rounds, methods in turn; peak memory of the whole process. The figure takes whole epochs. Writes
WORK/costs.md and WORK/attacks.svg; runs that are there are not repeated. Nothing but Python's own library and the tools in bin/."""
import argparse, json, math, os, sys

METHODS = ["plain", "neftune", "freeat", "fgm", "fgsm", "nrm2", "freelb", "nrm", "paper", "early", "pgd"]
FEW, MANY = 3, 11
BIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bin")
PANELS = [("norm", "‖δ₁‖ / ‖X‖"), ("cosine", "cosine of δ₁ and the gradient"), ("gain", "(loss at δ₁ − clean) / clean")]


def train(given, method, out, *more):
    """Processor seconds and peak memory in MB of a training."""
    line = [os.path.join(BIN, "anit-train"), given.rows, "--model", given.model, "--method", method, "--batch", "8", "--accumulate", "1",
            "--threads", "1", "--lr", "1e-3", "--dtype", given.dtype, "--log-every", "1", "--quiet", "--force", "--fresh", "--out", out, *more]
    child = os.spawnv(os.P_NOWAIT, line[0], line)
    _, status, used = os.wait4(child, 0)
    if status:
        sys.exit(f"measure.py: {' '.join(line)}: exit {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def costs(given):
    """Least seconds a step and least peak by method; each round is kept in WORK/rounds.jsonl."""
    kept = os.path.join(given.work, "rounds.jsonl")
    done = [json.loads(line) for line in open(kept)] if os.path.exists(kept) else []
    for method in [m for _ in range(given.rounds) for m in METHODS]:
        if sum(r["method"] == method for r in done) >= given.rounds:
            continue
        scratch = os.path.join(given.work, "scratch")
        few, _ = train(given, method, scratch, "--max-steps", str(FEW))
        many, peak = train(given, method, scratch, "--max-steps", str(MANY))
        done.append({"method": method, "seconds": (many - few) / (MANY - FEW), "peak": peak, "load": os.getloadavg()[0]})
        with open(kept, "a") as out:
            out.write(json.dumps(done[-1]) + "\n")
    least = lambda key, method: min(r[key] for r in done if r["method"] == method)
    table = ["| method | s a step | of plain's | peak MB | of plain's |", "|---|--:|--:|--:|--:|"]
    for method in METHODS:
        seconds, peak = least("seconds", method), least("peak", method)
        table.append(f"| `{method}` | {seconds:.2f} | {seconds / least('seconds', 'plain'):.2f} | {peak:.0f} | {peak / least('peak', 'plain'):.2f} |")
    loads = [r["load"] for r in done]
    return "\n".join(table + ["", f"load {min(loads):.0f} to {max(loads):.0f}"]) + "\n"


def curves(given, method):
    out = os.path.join(given.work, method)
    if not os.path.exists(os.path.join(out, "anit-train.json")):
        train(given, method, out, "--epochs", "1")
    records = [r for r in map(json.loads, open(os.path.join(out, "train.jsonl"))) if "norm_delta1" in r]
    return {"norm": [(r["step"], r["norm_delta1"] / r["norm_x"]) for r in records], "cosine": [(r["step"], r["cosine"]) for r in records],
            "gain": [(r["step"], r["adversarial_gain"] / r["loss"]) for r in records]}


def smooth(points, over=9):
    """The mean of the steps around each: single batches are noisy."""
    half = over // 2
    return [(step, sum(v for _, v in points[max(0, i - half):i + half + 1]) / len(points[max(0, i - half):i + half + 1]))
            for i, (step, _) in enumerate(points)]


def panel(at, title, lines):
    """One set of axes, linear, from 0 or a round number below."""
    left, top, width, height = 46 + 236 * at, 34, 180, 150
    last = max(points[-1][0] for points in lines)
    lines = [smooth(points) for points in lines]
    values = [v for points in lines for _, v in points]
    unit = next(u for u in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1) if max(values) <= 5 * u)
    low, high = min(0, math.floor(min(values) / unit)) * unit, math.ceil(max(values) / unit) * unit
    x = lambda step: left + width * step / last
    y = lambda v: top + height * (high - v) / (high - low)
    svg = [f'<text x="{left}" y="{top - 14}">{title}</text>']
    for k in range(round((high - low) / unit) + 1):
        v = low + unit * k
        svg += [f'<line class="g" x1="{left}" y1="{y(v):.1f}" x2="{left + width}" y2="{y(v):.1f}"/>',
                f'<text class="n" x="{left - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{v + 0.0:.3g}</text>']
    svg += [f'<text class="n" x="{x(step):.1f}" y="{top + height + 16}" text-anchor="middle">{step}</text>' for step in (0, last // 2, last)]
    for i, points in enumerate(lines):
        svg.append(f'<path class="c{i}" d="M' + "L".join(f"{x(s):.1f} {y(v):.1f}" for s, v in points) + '"/>')
    return svg


def figure(given):
    drawn = {method: curves(given, method) for method in ("nrm", "paper")}
    svg = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 246" width="720" role="img" aria-label="Norm of the perturbation, its cosine '
           'with the gradient and the relative adversarial gain over the steps of a training, under nrm and under paper">',
           '<style>text{font:12px system-ui,sans-serif;fill:#1c2530}.n{font-size:11px;fill:#55606e}.g{stroke:#d5dae1}path{fill:none;stroke-width:2}'
           'path.c0{stroke:#2563c4}path.c1{stroke:#c2410c}circle.c0{fill:#2563c4}circle.c1{fill:#c2410c}'
           '@media(prefers-color-scheme:dark){text{fill:#e6e9ee}.n{fill:#a2acb9}.g{stroke:#353d48}path.c0{stroke:#7aa7f5}'
           'path.c1{stroke:#f59e6b}circle.c0{fill:#7aa7f5}circle.c1{fill:#f59e6b}}</style>']
    for at, (key, title) in enumerate(PANELS):
        svg += panel(at, title, [drawn[method][key] for method in drawn])
    for i, method in enumerate(drawn):
        svg.append(f'<circle class="c{i}" cx="{52 + 80 * i}" cy="228" r="4"/><text x="{62 + 80 * i}" y="232">{method}</text>')
    svg.append('<text class="n" x="240" y="232">over steps of one epoch, mean of nine</text>')
    return "\n".join(svg + ["</svg>"]) + "\n"


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("rows")
    ask.add_argument("model")
    ask.add_argument("--dtype", default="float32")
    ask.add_argument("--rounds", type=int, default=2)
    ask.add_argument("--work", default="out/attacks")
    given = ask.parse_args()
    os.makedirs(given.work, exist_ok=True)
    for name, make in (("attacks.svg", figure), ("costs.md", costs)):
        with open(os.path.join(given.work, name), "w") as out:
            out.write(make(given))
        print(f"measure.py: {name} in {given.work}", file=sys.stderr)


main()
