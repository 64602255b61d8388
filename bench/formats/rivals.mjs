// The jobs of Jobs.cs done by DuckDB, Polars and arrow-rs (parquet-wasm), one thread each unless DuckDB is told another number.
// A line on standard input asks for one repetition, whose wall and CPU milliseconds are the answer; the end of the input asks for
// the peak memory in MB.
//   node rivals.mjs duckdb|polars|arrow-rs write table.parquet out.parquet codec | read file columns|* [threads] | copy in out codec
import fs from 'node:fs';
import readline from 'node:readline';
import { createRequire } from 'node:module';

const [, , tool, job, file, second, codec] = process.argv;
const threads = job === 'read' ? codec ?? '1' : '1';
const columns = job === 'read' && second !== '*' ? second.split(',') : null;
const rivals = { duckdb, polars, 'arrow-rs': arrowRs };
const work = await rivals[tool]();

console.log('ready');
for await (const _ of readline.createInterface({ input: process.stdin })) {
  const [clock, before] = [performance.now(), process.cpuUsage()];
  const ms = await work(); // a number where only a part of the work counts
  const used = process.cpuUsage(before);
  console.log(`${ms ?? performance.now() - clock} ${(used.user + used.system) / 1000}`);
}
console.log(Number(fs.readFileSync('/proc/self/status', 'utf8').match(/VmHWM:\s+(\d+)/)[1]) >> 10);
process.exit(0);

async function duckdb() {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:', { threads })).connect();
  if (job === 'copy') return async () => { await connection.run(`copy (from read_parquet('${file}')) to '${second}' (format parquet, codec '${codec}')`); };
  if (job === 'write') {
    await connection.run(`create table t as from read_parquet('${file}')`);
    return async () => { await connection.run(`copy t to '${second}' (format parquet, codec '${codec}')`); };
  }
  // Every value is decoded: numbers are summed, texts measured.
  const all = ['sum(id)', 'sum(strlen(instruction))', 'sum(strlen(context))', 'sum(strlen(target))', 'sum(strlen(noisy_instruction))',
    'sum(strlen(noise_type))', 'sum(omega)', 'max(seed)', 'sum(distance)', 'sum(d_norm)'];
  const some = columns ? all.filter(a => columns.some(c => a.includes(`(${c})`))) : all;
  return async () => { await connection.runAndReadAll(`select ${some} from read_parquet('${file}')`); };
}

async function polars() {
  const pl = createRequire(import.meta.url)('nodejs-polars');
  if (job === 'write') {
    const frame = pl.readParquet(file);
    return () => { frame.writeParquet(second, { compression: codec }); };
  }
  return () => { pl.readParquet(file, columns ? { columns } : {}); };
}

async function arrowRs() {
  const wasm = await import('parquet-wasm/node');
  if (job === 'write') {
    const bytes = fs.readFileSync(file);
    const properties = () => new wasm.WriterPropertiesBuilder().setCompression({ zstd: wasm.Compression.ZSTD, snappy: wasm.Compression.SNAPPY }[codec]).build();
    return () => {
      const table = wasm.readParquet(bytes); // writing uses it up
      const clock = performance.now();
      fs.writeFileSync(second, wasm.writeParquet(table, properties()));
      return performance.now() - clock;
    };
  }
  return () => { wasm.readParquet(fs.readFileSync(file), columns ? { columns } : undefined).free(); };
}
