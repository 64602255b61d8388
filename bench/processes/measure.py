#!/usr/bin/env python3
"""What a stage costs as a process: anit-noise and anit-score against `anit-data convert` of the same file.

    make && python3 bench/processes/measure.py [--rows 500000] [--rounds 3] [--bin bin] [--work out/processes] [--plain]

The table is that of bench/formats with its four texts, written by a stage, so that it has receipts; --plain takes it from a writer that knows
none. Each line is the least processor time and wall clock of the rounds, jobs in turn, and the largest peak memory. Nothing but Python's own
library, the tools in bin/ and, for the table, bench/formats."""
import argparse, os, subprocess, sys, time

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def run(*line):
    """Processor seconds, seconds by the clock and peak memory in MB of a process."""
    began = time.monotonic()
    child = os.spawnv(os.P_NOWAIT, line[0], line)
    _, status, used = os.wait4(child, 0)
    if status:
        sys.exit(f"measure.py: {' '.join(line)}: exit {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, time.monotonic() - began, used.ru_maxrss / 1024


def table(given):
    """The table, by the tools that are measured: a file of other ones would be read and written anew."""
    made = os.path.join(given.work, f"table{given.rows}{'.plain' if given.plain else ''}.parquet")
    raw, chosen = (os.path.join(given.work, f"{name}{given.rows}.parquet") for name in ("raw", "chosen"))
    if not os.path.exists(raw):
        bench = os.path.join(ROOT, "bench", "formats")
        subprocess.run(["dotnet", "run", "-c", "Release", "--project", bench, "--", "table", str(given.rows), os.path.abspath(raw)], check=True)
    tool = os.path.join(given.bin, "anit-data")
    # Ids of text, and names that the stages do not take for their own.
    run(tool, "select", raw, "--columns", "id,instruction,context,target,noisy_instruction", "-o", chosen, "--force", "--quiet")
    run(tool, "cast", chosen, "--type", "id=text", "-o", made, "--force", "--quiet")
    run(tool, "rename", made, "--columns", "noisy_instruction=answer", "-o", chosen, "--force", "--quiet")
    os.replace(chosen, made)
    if given.plain:
        os.rename(made, chosen)
        run(tool, "head", chosen, "-n", str(given.rows), "-o", made)
        os.remove(chosen)
    return made


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=500_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--bin", default=os.path.join(ROOT, "bin"))
    asked.add_argument("--work", default=os.path.join(ROOT, "out", "processes"))
    asked.add_argument("--plain", action="store_true")
    asked.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    given = asked.parse_args()
    os.makedirs(given.work, exist_ok=True)
    clean, place = table(given), lambda name: os.path.join(given.work, name + ".parquet")
    data, noise, score = (os.path.join(given.bin, f"anit-{name}") for name in ("data", "noise", "score"))
    noisy = [noise, clean, "--noise", "replace", "--omega", "0.2", "--seed", "42", "--quiet", "--force"]
    run(*noisy, "--phi", "1", "-o", place("noisy"))
    jobs = {
        "convert": (None, [data, "convert", clean, "-o", place("convert"), "--quiet", "--force"]),
        "convert, noisy": (None, [data, "convert", place("noisy"), "-o", place("convert"), "--quiet", "--force"]),
    }
    for threads in map(str, given.threads):
        at = f", {threads} thread" + ("" if threads == "1" else "s")
        for phi in ("1", "0.5"):
            jobs[f"noise φ={phi}{at}"] = ("convert", [*noisy, "--phi", phi, "--threads", threads, "-o", place("out")])
        jobs[f"score{at}"] = ("convert, noisy", [score, place("noisy"), "--threads", threads, "-o", place("scored"), "--quiet", "--force"])
    seen, loads = {name: [] for name in jobs}, []
    for name in [name for _ in range(given.rounds) for name in jobs]:
        loads.append(os.getloadavg()[0])
        seen[name].append(run(*jobs[name][1]))
    least = {name: (min(r[0] for r in runs), min(r[1] for r in runs), max(r[2] for r in runs)) for name, runs in seen.items()}
    print(f"{given.rows:,} rows, {os.path.getsize(clean) / 1e6:.0f} MB, noisy {os.path.getsize(place('noisy')) / 1e6:.0f} MB; "
          f"least of {given.rounds}; load {min(loads):.1f} to {max(loads):.1f}\n")
    print("| | CPU s | of convert's | s | one thread's | peak MB |\n|---|--:|--:|--:|--:|--:|")
    for name, (cpu, wall, peak) in least.items():
        base, one = jobs[name][0], least.get(name.split(",")[0] + ", 1 thread")
        print(f"| {name} | {cpu:.2f} | {f'{cpu / least[base][0]:.2f}' if base else ''} | {wall:.2f} "
              f"| {f'{one[1] / wall:.2f}' if base and one else ''} | {peak:.0f} |")


if __name__ == "__main__":
    main()
