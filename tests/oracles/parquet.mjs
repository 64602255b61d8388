// Other Parquet implementations read files of ours and write what they understood beside them.
//   node parquet.mjs duckdb|arrow-rs|hyparquet folder [codec] [version]     every x.ours becomes x.theirs
import fs from 'node:fs';
import path from 'node:path';

const [, , who, folder, codec = 'zstd', version = 'V1'] = process.argv;

let connection;
async function duckdb(input, output) {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  connection ??= await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run(`copy (from read_parquet('${input}')) to '${output}' (format parquet, codec '${codec}', parquet_version '${version}')`);
}

async function arrowRs(input, output) {
  const wasm = await import('parquet-wasm/node');
  const codecs = { zstd: wasm.Compression.ZSTD, snappy: wasm.Compression.SNAPPY, none: wasm.Compression.UNCOMPRESSED };
  const properties = new wasm.WriterPropertiesBuilder().setCompression(codecs[codec])
    .setWriterVersion(version === 'V2' ? wasm.WriterVersion.V2 : wasm.WriterVersion.V1).build();
  fs.writeFileSync(output, wasm.writeParquet(wasm.readParquet(fs.readFileSync(input)), properties));
}

// hyparquet has no types of its own: columns come with the schema they were read by.
async function hyparquet(input, output) {
  const { parquetMetadata, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const bytes = fs.readFileSync(input);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const metadata = parquetMetadata(file);
  const rows = await parquetReadObjects({ file, compressors });
  const names = topLevel(metadata.schema);
  const columnData = names.map(name => ({ name, data: rows.map(row => row[name]) }));
  const written = parquetWriteBuffer({ columnData, schema: metadata.schema });
  fs.writeFileSync(output, Buffer.from(written));
}

function topLevel(schema) {
  const names = [];
  const skip = at => { let next = at + 1; for (let n = schema[at].num_children ?? 0; n > 0; n--) next = skip(next); return next; };
  for (let at = 1; at < schema.length; at = skip(at)) names.push(schema[at].name);
  return names;
}

for (const name of fs.readdirSync(folder).filter(n => n.endsWith('.ours')))
  await { duckdb, 'arrow-rs': arrowRs, hyparquet }[who](path.join(folder, name), path.join(folder, name.replace('.ours', '.theirs')));
