// DuckDB runs the statements of standard input, one a line; the last one's rows come back as JSON, a row a line.
//   node sql.mjs < statements
import fs from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
const statements = fs.readFileSync(0, 'utf8').split('\n').filter(line => line.trim());
for (const [i, statement] of statements.entries()) {
  try {
    const result = await connection.runAndReadAll(statement);
    if (i < statements.length - 1) continue;
    for (const row of result.getRowsJson()) process.stdout.write(JSON.stringify(row) + '\n');
  } catch (error) {
    throw new Error(`${statement}: ${error.message}`);
  }
}
