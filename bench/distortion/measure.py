#!/usr/bin/env python3
"""Word distance (RBE) against a language model's (LME) by noise and strength: the question of the paper's Table 3, on datasets of your own.

    make && python3 bench/distortion/measure.py DATA MODEL [--rows 100] [--work out/distortion]

DATA holds the datasets in their native formats (conll2003/, scierc/, sst2/, 14lap/), MODEL is a sentence-transformers folder
(all-MiniLM-L6-v2 in docs/distortion.md). Writes WORK/table.md, WORK/correlation.md and WORK/distortion.svg, and keeps what it computed: a second
run only draws. Texts that stand twice in a cell (dataset, noise, strength) count once. Nothing but Python's own library and the tools in bin/."""
import argparse, glob, json, os, subprocess, sys
from collections import defaultdict

DATASETS = {  # format: the files, the first that exists; rows are dealt over them
    "conll2003": ["conll2003/eng.testa"], "scierc": ["scierc/*dev*.json*"], "sst2": ["sst2/dev.tsv"], "14lap": ["14lap/*dev*.txt"],
}
NOISES = ["replace", "insert", "opposite", "pad", "truncate", "shuffle"]
OMEGAS = ["0.1", "0.3", "0.5"]
METHODS = {"rbe": ["--normalize", "length"], "bleu": [], "chrf": [], "rouge-l": [], "lme": None}
BIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bin")


def run(*line, quiet=True):
    return subprocess.run([os.path.join(BIN, line[0]), *map(str, line[1:]), *(["--quiet"] if quiet else [])], check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def noisy(data, work, rows):
    """Every dataset, noise and strength as one table."""
    parts = []
    for name, patterns in DATASETS.items():
        files = next((found for p in patterns if (found := sorted(glob.glob(os.path.join(data, p))))), None)
        if not files:
            sys.exit(f"measure.py: {data} holds no {' or '.join(patterns)}")
        clean = os.path.join(work, f"{name}.arrow")
        run("anit-data", "import", name, files[0], "--split", "dev", "-o", os.path.join(work, f"{name}-all.arrow"))
        run("anit-data", "sample", os.path.join(work, f"{name}-all.arrow"), "-n", rows, "--seed", 1, "-o", clean)
        for noise in NOISES:
            for omega in OMEGAS:
                part = os.path.join(work, f"{name}-{noise}-{omega}.arrow")
                run("anit-noise", clean, "--noise", noise, "--omega", omega, "--seed", 1, "-o", part)
                parts.append(part)
    return parts


def scores(parts, work, model):
    """distortion by method, of each row of all parts in order; and what the row is."""
    table = os.path.join(work, "all.arrow")
    run("anit-data", "concat", *parts, "--repeated-ids", "-o", table)
    rows, distortions = [], {}
    for method, options in METHODS.items():
        if options is None:
            options = ["--embedder", f"model:{model}", "--cache", os.path.join(work, "cache")]
        scored = os.path.join(work, f"{method}.arrow")
        run("anit-score", table, "--method", method, *options, "-o", scored)
        lines = [json.loads(line) for line in run("anit-data", "cat", scored, "--to", "jsonl", quiet=False).splitlines()]
        distortions[method] = [line["distortion"] for line in lines]
        rows = [(line["id"].split("/")[0], line["noise"], f"{line['omega']:g}", line["instruction"], line["noisy_instruction"]) for line in lines]
    return rows, distortions


def distinct(rows):
    seen = set()
    return [i for i, row in enumerate(rows) if not (row in seen or seen.add(row))]


def ranks(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    out, i = [0.0] * len(values), 0
    while i < len(order):
        j = i
        while j + 1 < len(order) and values[order[j + 1]] == values[order[i]]:
            j += 1
        for k in range(i, j + 1):
            out[order[k]] = (i + j) / 2
        i = j + 1
    return out


def spearman(a, b):
    a, b = ranks(a), ranks(b)
    ma, mb = sum(a) / len(a), sum(b) / len(b)
    top = sum((x - ma) * (y - mb) for x, y in zip(a, b))
    below = (sum((x - ma) ** 2 for x in a) * sum((y - mb) ** 2 for y in b)) ** 0.5
    return top / below if below else float("nan")


def mean(values):
    return sum(values) / len(values)


def figure(cells):
    """LME over RBE: a line a noise through its strengths, the diagonal where both would agree."""
    left, top, size = 56, 16, 320
    high = max(0.8, max(max(pair) for pair in cells.values()) * 1.02)
    x = lambda v: left + v / high * size
    y = lambda v: top + size - v / high * size
    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 520 {top + size + 52}" width="520" role="img" '
           'aria-label="Mean distortion by a language model over mean word distance, a line for each noise through omega 0.1, 0.3 and 0.5">',
           '<style>text{font:12px system-ui,sans-serif;fill:#1c2530}.s{stroke:#55606e;fill:none}.g{stroke:#d5dae1}.d{stroke:#55606e;stroke-dasharray:3 4}'
           'path{fill:none;stroke-width:2}.c0{--c:#2563c4}.c1{--c:#c2410c}.c2{--c:#0f766e}.c3{--c:#7c3aed}.c4{--c:#be185d}.c5{--c:#4d7c0f}'
           'path,circle{stroke:var(--c)}circle{fill:var(--c)}'
           '@media(prefers-color-scheme:dark){text{fill:#e6e9ee}.g{stroke:#353d48}.s,.d{stroke:#a2acb9}.c0{--c:#7aa7f5}.c1{--c:#f59e6b}.c2{--c:#4fc4b4}'
           '.c3{--c:#b79bf7}.c4{--c:#f087b3}.c5{--c:#a6cf5a}}</style>']
    tick = 0.0
    while tick <= high + 1e-9:
        svg += [f'<line class="g" x1="{x(tick):.1f}" y1="{top}" x2="{x(tick):.1f}" y2="{top + size}"/>',
                f'<line class="g" x1="{left}" y1="{y(tick):.1f}" x2="{left + size}" y2="{y(tick):.1f}"/>',
                f'<text x="{x(tick):.1f}" y="{top + size + 18}" text-anchor="middle">{tick:.1f}</text>',
                f'<text x="{left - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:.1f}</text>']
        tick += 0.2
    svg += [f'<line class="d" x1="{left}" y1="{top + size}" x2="{left + size}" y2="{top}"/>',
            f'<line class="s" x1="{left}" y1="{top + size}" x2="{left + size}" y2="{top + size}"/>',
            f'<line class="s" x1="{left}" y1="{top}" x2="{left}" y2="{top + size}"/>',
            f'<text x="{left + size / 2}" y="{top + size + 40}" text-anchor="middle">word distance (RBE, share of the longer text)</text>',
            f'<text transform="translate(14 {top + size / 2}) rotate(-90)" text-anchor="middle">1 − cosine of vectors (LME)</text>']
    names = []
    for i, noise in enumerate(NOISES):
        points = [cells[noise, omega] for omega in OMEGAS]
        svg.append(f'<g class="c{i}"><path d="M' + "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in points) + '"/>' + "".join(
            f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="3.5"><title>{noise}, ω {omega}: RBE {a:.2f}, LME {b:.2f}</title></circle>'
            for (a, b), omega in zip(points, OMEGAS)) + "</g>")
        names.append((i, noise))
    for i, noise in sorted(names, key=lambda n: -cells[n[1], OMEGAS[-1]][1]):
        row = top + 14 + 20 * len([s for s in svg if s.startswith('<g class="k')])
        svg.append(f'<g class="k c{i}"><circle cx="{left + size + 26}" cy="{row - 4}" r="3.5"/><text x="{left + size + 38}" y="{row}">{noise}</text></g>')
    return "\n".join(svg + ["</svg>"]) + "\n"


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("data")
    ask.add_argument("model")
    ask.add_argument("--rows", type=int, default=100)
    ask.add_argument("--work", default="out/distortion")
    given = ask.parse_args()
    os.makedirs(given.work, exist_ok=True)
    rows, distortions = scores(noisy(given.data, given.work, given.rows), given.work, given.model)
    kept = distinct(rows)
    by = defaultdict(list)
    for i in kept:
        by[rows[i][1], rows[i][2]].append(i)
    cells = {cell: (mean([distortions["rbe"][i] for i in at]), mean([distortions["lme"][i] for i in at])) for cell, at in by.items()}
    with open(os.path.join(given.work, "table.md"), "w") as out:
        print("| noise | " + " | ".join(f"ω {o}" for o in OMEGAS) + " | LME / RBE at ω 0.3 | distinct texts |", file=out)
        print("|---|" + "--:|" * (len(OMEGAS) + 2), file=out)
        for noise in NOISES:
            print(f"| {noise} | " + " | ".join("{:.2f} / {:.2f}".format(*cells[noise, o]) for o in OMEGAS)
                  + " | {:.2f} | {:,} |".format(cells[noise, "0.3"][1] / cells[noise, "0.3"][0], sum(len(by[noise, o]) for o in OMEGAS)), file=out)
    with open(os.path.join(given.work, "correlation.md"), "w") as out:
        print("| Spearman with LME | " + " | ".join(DATASETS) + " | all |", file=out)
        print("|---|" + "--:|" * (len(DATASETS) + 1), file=out)
        for method in [m for m in METHODS if m != "lme"]:
            groups = [[i for i in kept if rows[i][0] == name] for name in DATASETS] + [kept]
            print(f"| {method} | " + " | ".join("{:.2f}".format(spearman([distortions[method][i] for i in at], [distortions["lme"][i] for i in at]))
                                               for at in groups) + " |", file=out)
    with open(os.path.join(given.work, "distortion.svg"), "w") as out:
        out.write(figure(cells))
    for name in ("table.md", "correlation.md"):
        print(open(os.path.join(given.work, name)).read())
    print(f"{len(kept):,} distinct texts of {len(rows):,}")


main()
