"""Calibration: the textbook word-level distance in pure Python, pairs a CPU second, on pairs like those of Program.cs. Run: python3 textbook.py"""
import random
import time


def distance(a, b):
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y)))
        above = row
    return above[-1]


random.seed(1)
words = [str(i) for i in range(4000)]
pairs = []
for _ in range(1000):
    clean = [random.choice(words) for _ in range(random.randint(20, 31))]
    noisy = list(clean)
    for place in random.sample(range(len(clean)), 5):
        noisy[place] = random.choice(words)
    pairs.append((clean, noisy))
best = float("inf")
for _ in range(5):
    start = time.process_time()
    for pair in pairs:
        distance(*pair)
    best = min(best, time.process_time() - start)
print(f"{len(pairs) / best:,.0f} pairs a CPU second")
