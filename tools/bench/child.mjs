/** One bench, as `run.mjs` starts it: sends its rows to the parent. */
import { BENCHES } from './benches.mjs';

const [name, ...flags] = process.argv.slice(2);
const { file } = BENCHES[name];
const { run } = await import(file);
const rows = await run({
  quick: flags.includes('--quick'),
  log: (line) => console.error(`        ${line}`),
});
process.send(rows);
