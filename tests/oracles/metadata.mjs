// What other implementations find in Parquet files beside the rows.
//   node metadata.mjs duckdb FILE        DuckDB writes a table with a UUID and a JSON column
//   node metadata.mjs look FILE...       one JSON line a file: metadata as arrow-rs hands it to Arrow JS, annotations as hyparquet sees them
import fs from 'node:fs';

const [, , command, ...files] = process.argv;

async function duckdb(file) {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run('install json').catch(() => {});
  await connection.run(`copy (select '550e8400-e29b-41d4-a716-446655440000'::uuid as id, '{"a":1}'::json as doc, 'x' as text) to '${file}' (format parquet)`);
}

function metadata(table) {
  const lines = [];
  const add = (path, pairs) => { for (const [key, value] of pairs) lines.push(`${path} ${key}=${value}`); };
  const walk = (field, path) => {
    add(path, field.metadata);
    (field.type.children ?? []).forEach((child, i) => walk(child, `${path}.${i}`));
  };
  add('', table.schema.metadata);
  for (const field of table.schema.fields) walk(field, field.name);
  return lines;
}

async function look(file) {
  const { parquetMetadata } = await import('hyparquet');
  const { readParquet } = await import('parquet-wasm/node');
  const { tableFromIPC } = await import('apache-arrow');
  const bytes = fs.readFileSync(file);
  const { schema } = parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const annotations = schema.filter(e => e.type).map(e => `${e.name} ${(e.logical_type?.type ?? e.converted_type ?? '').replace('UTF8', 'STRING')}`);
  const table = tableFromIPC(readParquet(bytes).intoIPCStream());
  return JSON.stringify({ metadata: metadata(table), annotations });
}

if (command === 'duckdb') await duckdb(files[0]);
else for (const file of files) console.log(await look(file));
