# BERTScore by a BERT folder, written down once more with numpy in float64, for EmbedderTests:
#   python3 bertscore.py FOLDER COUNT
# prints F1 of texts i (clean) and i + 1 (noisy) of FOLDER/reference/ids.json, for i below COUNT: last hidden states, cosines, each token's nearest
# one, means over all tokens but the first and last, which the template puts there but which may be met.
import json
import math
import struct
import sys
from pathlib import Path
import numpy as np

folder, count = Path(sys.argv[1]), int(sys.argv[2])
config = json.loads((folder / "config.json").read_text())
raw = (folder / "model.safetensors").read_bytes()
size, = struct.unpack("<Q", raw[:8])
W = {name: np.frombuffer(raw[8 + size:][slice(*entry["data_offsets"])], {"F16": "<f2", "F32": "<f4"}[entry["dtype"]])
     .reshape(entry["shape"]).astype(np.float64)
     for name, entry in json.loads(raw[8:8 + size]).items() if entry != {} and "dtype" in entry and entry["dtype"] in ("F16", "F32")}
erf = np.vectorize(math.erf)


def norm(x, at):
    x = x - x.mean(-1, keepdims=True)
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + config["layer_norm_eps"]) * W[at + ".weight"] + W[at + ".bias"]


def linear(x, at):
    return x @ W[at + ".weight"].T + W[at + ".bias"]


def states(ids):
    n, heads = len(ids), config["num_attention_heads"]
    x = norm(W["embeddings.word_embeddings.weight"][ids] + W["embeddings.position_embeddings.weight"][:n]
             + W["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}."
        q, k, v = (linear(x, f"{at}attention.self.{name}").reshape(n, heads, -1).transpose(1, 0, 2) for name in ("query", "key", "value"))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        attended = (scores / scores.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(n, -1)
        x = norm(x + linear(attended, at + "attention.output.dense"), at + "attention.output.LayerNorm")
        up = linear(x, at + "intermediate.dense")
        x = norm(x + linear(0.5 * up * (1 + erf(up / math.sqrt(2))), at + "output.dense"), at + "output.LayerNorm")
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


ids = json.loads((folder / "reference" / "ids.json").read_text())[:count + 1]
texts = [states(np.array(i)) for i in ids]
for clean, noisy in zip(texts, texts[1:]):
    cosines = noisy @ clean.T
    precision, recall = cosines.max(1)[1:-1].mean(), cosines.max(0)[1:-1].mean()
    print(repr(float(2 * precision * recall / (precision + recall))))
