# Distances of text pairs, written down once more from their definitions: what anit-score's chars, bleu, rouge-l and chrf are held to.
#   python3 distances.py plain < pairs.jsonl     a line of [chars, bleu, rouge-l, chrf] (likeness but for chars; 0 to 1) for each [clean, noisy]
#   python3 distances.py packages < pairs.jsonl  bleu, rouge-l and chrf by the packages sacrebleu and rouge-score themselves, chars as above
# scores.json beside DistanceKindTests.cs was made by the second way. Plain Python, no package; slow and clear.
import json
import math
import re
import sys
import unicodedata
from collections import Counter


def chars(clean, noisy):
    a, b = unicodedata.normalize("NFC", clean), unicodedata.normalize("NFC", noisy)
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1] / max(len(a), len(b), 1)


def words_13a(text):
    """mteval-v13a's tokens, as a scan over places rather than as rewriting rules where that is possible."""
    text = text.rstrip().replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for name, sign in (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")):
        text = text.replace(name, sign)
    symbols = set(' !"#$%&()*+:;<=>?@[\\]^_`{|}~/')
    text = "".join(f" {c} " if c in symbols else c for c in f" {text} ")
    text = scan(text, lambda a, b: not a.isascii() and b in ".," or a.isascii() and not a.isdigit() and b in ".,", lambda a, b: f"{a} {b} ")
    text = scan(text, lambda a, b: a in ".," and not (b.isascii() and b.isdigit()), lambda a, b: f" {a} {b}")
    text = scan(text, lambda a, b: a.isascii() and a.isdigit() and b == "-", lambda a, b: f"{a} {b} ")
    return text.split()


def scan(text, fits, written):
    """Pairs of neighbours from left to right; those that fit are rewritten and passed over together."""
    out, at = [], 0
    while at < len(text):
        if at + 1 < len(text) and fits(text[at], text[at + 1]):
            out.append(written(text[at], text[at + 1]))
            at += 2
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


def grams(sequence, n):
    return Counter(tuple(sequence[i:i + n]) for i in range(len(sequence) - n + 1))


def bleu(clean, noisy):
    r, h = words_13a(clean), words_13a(noisy)
    precisions, halvings = [], 0
    for n in range(1, 5):
        ours = grams(h, n)
        if not ours: break
        shared = sum((ours & grams(r, n)).values())
        if shared == 0: halvings += 1
        precisions.append((shared or 2.0 ** -halvings) / sum(ours.values()))
    if not any((grams(h, n) & grams(r, n)) for n in range(1, 5)): return 0.0
    brevity = 1.0 if len(h) >= len(r) else math.exp(1 - len(r) / len(h))
    return brevity * math.prod(precisions) ** (1 / len(precisions))


def rouge_l(clean, noisy):
    r, h = re.findall("[a-z0-9]+", clean.lower()), re.findall("[a-z0-9]+", noisy.lower())
    table = {}
    for i in range(len(r) + 1):
        for j in range(len(h) + 1):
            table[i, j] = (0 if 0 in (i, j) else table[i - 1, j - 1] + 1 if r[i - 1] == h[j - 1] else max(table[i - 1, j], table[i, j - 1]))
    common = table[len(r), len(h)]
    return 2 * common / (len(r) + len(h)) if common else 0.0  # the harmonic mean of c/|h| and c/|r|


def chrf(clean, noisy):
    r, h = "".join(clean.split()), "".join(noisy.split())
    both = [n for n in range(1, 7) if len(r) >= n and len(h) >= n]
    if not both: return 0.0
    shared = {n: sum((grams(h, n) & grams(r, n)).values()) for n in both}
    p = sum(shared[n] / (len(h) - n + 1) for n in both) / len(both)
    q = sum(shared[n] / (len(r) - n + 1) for n in both) / len(both)
    return 5 * p * q / (4 * p + q) if p + q else 0.0


def by_packages():
    from rouge_score.rouge_scorer import RougeScorer
    from sacrebleu.metrics import BLEU, CHRF
    b, c, r = BLEU(effective_order=True), CHRF(), RougeScorer(["rougeL"])
    return (lambda clean, noisy: b.sentence_score(noisy, [clean]).score / 100,
            lambda clean, noisy: r.score(clean, noisy)["rougeL"].fmeasure,
            lambda clean, noisy: c.sentence_score(noisy, [clean]).score / 100)


scores = (bleu, rouge_l, chrf) if sys.argv[1] == "plain" else by_packages()
for line in sys.stdin:
    pair = json.loads(line)
    print(json.dumps([chars(*pair), *(score(*pair) for score in scores)]))
