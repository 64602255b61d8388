// Apache Arrow JS: reads a stream or file from standard input and prints rows as JSON lines, or the other way round.
//   node arrow.mjs read                     Arrow in, first line the schema, then one JSON array a row
//   node arrow.mjs write stream|file        the same lines in, Arrow out
import * as arrow from 'apache-arrow';

const [, , command, format] = process.argv;
const replacer = (_, value) => {
  if (typeof value === 'bigint') return `\u0001${value}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value && typeof value.toJSON === 'function' ? value.toJSON() : value;
};
// JSON has no 64-bit integers: marked above, unquoted here.
const json = value => JSON.stringify(value, replacer).replace(/"\\u0001(-?\d+)"/g, '$1');

async function read() {
  const reader = await arrow.RecordBatchReader.from(process.stdin);
  await reader.open();
  const lines = [JSON.stringify({ fields: reader.schema.fields.map(f => [f.name, `${f.type}`]), metadata: Object.fromEntries(reader.schema.metadata) })];
  for await (const batch of reader) {
    for (let row = 0; row < batch.numRows; row++) lines.push(json(reader.schema.fields.map((_, i) => plain(batch.getChildAt(i).get(row)))));
  }
  process.stdout.write(lines.join('\n') + '\n');
}

function plain(value) {
  if (value == null) return null;
  if (value instanceof arrow.Vector) return [...value].map(plain);
  return value;
}

const types = {
  text: () => new arrow.Utf8(), label: () => new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()), i32: () => new arrow.Int32(),
  i64: () => new arrow.Int64(), f64: () => new arrow.Float64(), bool: () => new arrow.Bool(),
  texts: () => new arrow.List(new arrow.Field('item', new arrow.Utf8(), true)),
};

async function write() {
  let input = '';
  for await (const piece of process.stdin.setEncoding('utf8')) input += piece;
  const [first, ...rest] = input.split('\n').filter(line => line);
  const { columns, batch: size } = JSON.parse(first);
  const rows = rest.map(line => JSON.parse(line));
  // One type object a column: the writer takes batches of other types, and dictionaries of other ids, for another table.
  const made = columns.map(([, type]) => types[type]());
  const schema = new arrow.Schema(columns.map(([name], i) => new arrow.Field(name, made[i], true)));
  const batches = [];
  for (let at = 0; at < rows.length; at += size) {
    const part = rows.slice(at, at + size);
    const vectors = Object.fromEntries(columns.map(([name, type], i) =>
      [name, arrow.vectorFromArray(part.map(row => type === 'i64' && row[i] != null ? BigInt(row[i]) : row[i]), made[i])]));
    batches.push(...new arrow.Table(schema, vectors).batches);
  }
  const writer = format === 'file' ? new arrow.RecordBatchFileWriter() : new arrow.RecordBatchStreamWriter();
  for (const batch of batches) writer.write(batch);
  writer.finish();
  process.stdout.write(await writer.toUint8Array());
}

await (command === 'write' ? write() : read());
