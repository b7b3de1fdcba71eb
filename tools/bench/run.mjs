/**
 * `npm run bench [-- NAME...] [--quick] [--json]`: every bench after the other, each in a process of its own, and one
 * table at the end. Figures are never asserted: a target that is missed says so in the table, and only a bench that
 * crashes makes the exit code 1.
 */
import { fork } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BENCHES } from './benches.mjs';
import { ratioOf, tableOf } from './table.mjs';

const HELP = `usage: npm run bench [-- NAME...] [--quick] [--json]

Measures ours beside a floor or a peer in the same run, and prints both and their ratio. Ratios count; absolute
figures are those of the machine, and of an idle one at best.

Benches (all, where none is named):
${Object.entries(BENCHES)
  .map(([name, { about }]) => `  ${name.padEnd(18)}${about}`)
  .join('\n')}

Options:
  --quick   fewer rounds and smaller inputs: whether it works, not how fast it is
  --json    the rows as JSON on stdout
  --help    this text`;

process.exitCode = await main();

async function main() {
  let options;
  try {
    options = parseArgs({
      allowPositionals: true,
      options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
    });
  } catch (error) {
    return refuse(error.message);
  }
  const { positionals, values } = options;
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0) return refuse(`there is no bench ${unknown.join(', ')}`);
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  return measure(names, { quick: values.quick ?? false, json: values.json ?? false });
}

async function measure(names, { json, quick }) {
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    loadAtStart: Math.round(loadavg()[0] * 10) / 10,
  };
  const rows = [];
  const crashed = [];
  for (const [at, name] of names.entries()) {
    console.error(`[${at + 1}/${names.length}] ${name}`);
    const start = performance.now();
    try {
      rows.push(...(await runBench(name, quick)));
      console.error(`        done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
    } catch (error) {
      crashed.push(name);
      console.error(`        ${error.message}`);
    }
  }
  if (json) console.log(JSON.stringify({ machine, quick, rows: rows.map(withRatio), crashed }, null, 2));
  else {
    const { cores, loadAtStart, node, platform } = machine;
    console.log(`Node ${node} on ${platform}, ${cores} cores, load ${loadAtStart} at the start\n`);
    if (rows.length > 0) console.log(tableOf(rows));
  }
  if (crashed.length === 0) return 0;
  console.error(`\ncrashed: ${crashed.join(', ')}`);
  return 1;
}

/** In a process of its own, so that no bench runs on what another left of the heap and the compiled code. */
async function runBench(name, quick) {
  const child = fork(fileURLToPath(new URL('./child.mjs', import.meta.url)), [name, quick ? '--quick' : ''], {
    // What a bench prints is progress: stdout is for the table.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child.stdout.pipe(process.stderr, { end: false });
  return new Promise((resolve, reject) => {
    let rows = null;
    child.on('message', (message) => (rows = message));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (rows !== null && code === 0) resolve(rows);
      else
        reject(new Error(`${name} crashed ${signal === null ? `with exit code ${code}` : `by ${signal}`}`));
    });
  });
}

function withRatio(row) {
  return { ...row, ratio: ratioOf(row) };
}

function refuse(problem) {
  console.error(`error: ${problem}\n\n${HELP}`);
  return 2;
}
