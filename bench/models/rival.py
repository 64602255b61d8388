# The same work with transformers and peft, the way their examples do it: right padding in training, logits everywhere; generate() over
# batches of 32 in the order given. Reads names from standard input, answers milliseconds of processor time.
import sys
import time

import torch
from transformers.models.llama.modeling_llama import LlamaForCausalLM
from transformers.models.llama.configuration_llama import LlamaConfig
from peft import LoraConfig, get_peft_model

torch.set_num_threads(1)
torch.manual_seed(0)
config = LlamaConfig(hidden_size=288, intermediate_size=768, num_hidden_layers=6, num_attention_heads=6, num_key_value_heads=6, vocab_size=32000,
                     tie_word_embeddings=True, max_position_embeddings=2048, pad_token_id=0)
if tuple(int(n) for n in torch.__version__.split(".")[:2]) < (2, 1):
    config._attn_implementation = "eager"
model = get_peft_model(LlamaForCausalLM(config), LoraConfig(r=8, lora_alpha=16, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"], task_type="CAUSAL_LM"))

lengths = [(84, 5), (72, 4), (182, 7), (68, 12), (85, 10), (118, 20), (96, 13), (140, 26)]
asked = [(60 + i * 37 % 140, 24 + i % 16 if i % 16 == 5 else 2 + i * 29 % 13) for i in range(128)]


def tokens(length, sequence, shared=0):
    return [3 + (t * 7919 if t < shared else sequence * 104729 + t * 7919 + t * t * 31) % 31997 for t in range(length)]


def padded(rows, left):
    longest = max(len(r) for r in rows)
    fill = [[0] * (longest - len(r)) for r in rows]
    ids = torch.tensor([f + r if left else r + f for r, f in zip(rows, fill)])
    ones = [[1] * len(r) for r in rows]
    return ids, torch.tensor([f + o if left else o + f for o, f in zip(ones, fill)])


def step(backward=True):
    model.train()
    rows = [tokens(p + a, i) for i, (p, a) in enumerate(lengths)]
    ids, mask = padded(rows, left=False)
    labels = torch.full_like(ids, -100)
    for i, (p, a) in enumerate(lengths):
        labels[i, p:p + a] = ids[i, p:p + a]
    with torch.set_grad_enabled(backward):
        loss = model(input_ids=ids, attention_mask=mask, labels=labels, use_cache=False).loss
    if backward:
        loss.backward()
        model.zero_grad(set_to_none=True)


def generate(shared=0):
    model.eval()
    for start in range(0, 128, 32):
        part = range(start, start + 32)
        ids, mask = padded([tokens(asked[i][0], i, shared) for i in part], left=True)
        most = max(asked[i][1] for i in part)
        with torch.no_grad():
            model.generate(input_ids=ids, attention_mask=mask, max_new_tokens=most, min_new_tokens=most, do_sample=False, pad_token_id=0)


work = {"step": step, "forward": lambda: step(backward=False), "generate": generate, "generate, batch 32": generate,
        "generate, 50 tokens shared": lambda: generate(50)}
step()
print("ready", flush=True)
for line in sys.stdin:
    name = line.strip()
    if name in work:
        start = time.process_time_ns()
        work[name]()
        print(f"{(time.process_time_ns() - start) / 1e6:.1f}", flush=True)
    else:
        print("none", flush=True)
