"""Makes rope.json: rotary frequencies and attention factors, from the papers' formulas in double precision (python3 rope.py > rope.json).

YaRN: Peng et al. 2023, arXiv:2309.00071, sections 3.2 to 3.4. LongRoPE: Ding et al. 2024, arXiv:2402.13753. Dynamic NTK: theta grows so that
the slowest channel spans the sequence. Llama 3.1: Meta's description of scaled wavelengths. What is done with absent keys is transformers 5's
rule (rope_theta and original_max_position_embeddings from the top of the config, the factor of yarn and longrope from both lengths).
"""
import json
from math import ceil, floor, log, pi, sqrt

DIM = 16


def plain(theta):
    return [theta ** (-2 * i / DIM) for i in range(DIM // 2)]


def yarn(theta, factor, original, fast=32, slow=1, truncate=True, attention=None):
    def channel(turns):  # the channel that turns so often within the original length
        return DIM * log(original / (2 * pi * turns)) / (2 * log(theta))

    low, high = channel(fast), channel(slow)
    if truncate:
        low, high = floor(low), ceil(high)
    low, high = max(low, 0), min(high, DIM - 1)
    if low == high:
        high += 0.001
    ramps = [min(1, max(0, (i - low) / (high - low))) for i in range(DIM // 2)]
    frequencies = [f * (1 - r) + f / factor * r for f, r in zip(plain(theta), ramps)]
    return frequencies, attention if attention is not None else 0.1 * log(factor) + 1


def dynamic(theta, factor, longest, length):
    grown = factor * max(length, longest) / longest - (factor - 1)
    return plain(theta * grown ** (DIM / (DIM - 2))), 1


def longrope(theta, factor, original, short, long, length, attention=None):
    factors = long if length > original else short
    return [f / x for f, x in zip(plain(theta), factors)], attention or sqrt(1 + log(factor) / log(original))


def llama3(theta, factor, low, high, original):
    def slowed(f):
        wavelength = 2 * pi / f
        if wavelength < original / high:
            return f
        if wavelength > original / low:
            return f / factor
        smooth = (original / wavelength - low) / (high - low)
        return (1 - smooth) * f / factor + smooth * f

    return [slowed(f) for f in plain(theta)], 1


SHORT = [1 + i / 10 for i in range(DIM // 2)]
LONG = [1 + i * i / 4 for i in range(DIM // 2)]
LONGROPE = {"rope_type": "longrope", "short_factor": SHORT, "long_factor": LONG}
YARN = {"rope_type": "yarn", "factor": 4.0}

CASES = [
    ("linear", {"rope_scaling": {"type": "linear", "factor": 4.0}}, 9, ([f / 4 for f in plain(1e4)], 1)),
    ("llama3", {"rope_theta": 5e5, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192}}, 9, llama3(5e5, 8, 1, 4, 8192)),
    ("yarn as Qwen writes it", {"rope_theta": 1e6, "max_position_embeddings": 131072,
        "rope_scaling": {**YARN, "original_max_position_embeddings": 32768}}, 9, yarn(1e6, 4, 32768)),
    ("yarn, original length absent", {"max_position_embeddings": 512, "rope_scaling": YARN}, 9, yarn(1e4, 4, 512)),
    ("yarn, original length at the top", {"max_position_embeddings": 4096, "original_max_position_embeddings": 256,
        "rope_scaling": {**YARN, "original_max_position_embeddings": 2048}}, 9, yarn(1e4, 4, 256)),
    ("yarn, factor from both lengths", {"max_position_embeddings": 4096,
        "rope_parameters": {"rope_type": "yarn", "rope_theta": 5e4, "original_max_position_embeddings": 512}}, 9, yarn(5e4, 8, 512)),
    ("yarn, an attention factor", {"max_position_embeddings": 512, "rope_scaling": {**YARN, "attention_factor": 0.75}}, 9,
        yarn(1e4, 4, 512, attention=0.75)),
    ("yarn, DeepSeek's two scales", {"max_position_embeddings": 512, "rope_scaling": {**YARN, "factor": 40.0, "mscale": 0.707, "mscale_all_dim": 1.0}}, 9,
        yarn(1e4, 40, 512, attention=(0.0707 * log(40) + 1) / (0.1 * log(40) + 1))),
    ("yarn, other ends of the ramp", {"max_position_embeddings": 2048, "rope_scaling": {**YARN, "beta_fast": 16, "beta_slow": 2}}, 9,
        yarn(1e4, 4, 2048, 16, 2)),
    ("yarn, not truncated", {"max_position_embeddings": 2048, "rope_scaling": {**YARN, "truncate": False}}, 9, yarn(1e4, 4, 2048, truncate=False)),
    ("dynamic, short", {"max_position_embeddings": 64, "rope_scaling": {"rope_type": "dynamic", "factor": 3.0}}, 64, dynamic(1e4, 3, 64, 64)),
    ("dynamic, long", {"max_position_embeddings": 64, "rope_scaling": {"rope_type": "dynamic", "factor": 3.0}}, 65, dynamic(1e4, 3, 64, 65)),
    ("dynamic, much longer", {"max_position_embeddings": 64, "rope_scaling": {"rope_type": "dynamic", "factor": 2.0}}, 300, dynamic(1e4, 2, 64, 300)),
    ("longrope, short", {"max_position_embeddings": 512, "original_max_position_embeddings": 128, "rope_scaling": LONGROPE}, 128,
        longrope(1e4, 4, 128, SHORT, LONG, 128)),
    ("longrope, long", {"max_position_embeddings": 512, "original_max_position_embeddings": 128, "rope_scaling": LONGROPE}, 129,
        longrope(1e4, 4, 128, SHORT, LONG, 129)),
    ("longrope, factors given", {"max_position_embeddings": 512, "rope_scaling": {**LONGROPE, "factor": 16.0, "attention_factor": 1.5,
        "original_max_position_embeddings": 32}}, 40, longrope(1e4, 16, 32, SHORT, LONG, 40, 1.5)),
]

print("[")
print(",\n".join(json.dumps({"name": name, "keys": keys, "length": length, "frequencies": frequencies, "attention": attention})
                 for name, keys, length, (frequencies, attention) in CASES))
print("]")
