// Apache Arrow JS as the two ends of a pipe: reads a file and writes it as a stream, or reads a stream and touches every batch.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const arrow = await import(createRequire(new URL('../../tests/oracles/package.json', import.meta.url)).resolve('apache-arrow').replace(/\.js$/, '.mjs').replace('.node.mjs', '.node.mjs'));

const [, , command, path] = process.argv;
if (command === 'write') {
  const table = arrow.tableFromIPC(readFileSync(path));
  const writer = arrow.RecordBatchStreamWriter.writeAll(table);
  writer.toNodeStream().pipe(process.stdout);
} else {
  let rows = 0;
  const reader = await arrow.RecordBatchReader.from(process.stdin);
  for await (const batch of reader) rows += batch.numRows;
  console.error(`${rows} rows`);
}
