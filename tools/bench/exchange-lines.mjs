/**
 * Orders over a line to an exchange simulator in another process, without simulated latency, log on the disk.
 *
 * - round trip: a limit order that rests is sent, and its acceptance heard, before the next one
 * - in flight: 256 requests at a time; a market order is accepted, filled, and told with cash and position
 *
 * The floor is a process that answers each line of the same length with another of the length of a report.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SystemClock } from '../../libs/engine/dist/index.js';
import { RemoteExchangeClient } from '../../libs/exchanges/simulator/dist/index.js';
import { isMain } from './measure.mjs';
import { printRows } from './table.mjs';

const PROGRAM = fileURLToPath(new URL('../../services/bowline/dist/main.js', import.meta.url));
const IN_FLIGHT = 256;
const CONFIG = `clients:
  c1: { exchanges: { sim: { accountBalance: 1000000000 } }, orderParams: { sizing: { fixedNotional: 1000 } } }
instruments:
  XYZUSDT: { tickSize: 0.01, lotSize: 0.001 }
`;

/** Starts a process, and returns what it says on the stream that matches. */
async function started(args, stream, pattern) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for await (const part of child[stream]) {
    said += part;
    const found = pattern.exec(said);
    if (found !== null) {
      child[stream].resume();
      return { child, found: found[1] };
    }
  }
  throw new Error(`it ended: ${said}`);
}

/** An exchange simulator that one account trades at. `ask` resolves with the request's answer. */
async function openExchange() {
  const folder = mkdtempSync(join(tmpdir(), 'bowline-bench-lines-'));
  writeFileSync(join(folder, 'bowline.yaml'), CONFIG);
  const { child, found: url } = await started(
    [
      ...[
        PROGRAM,
        'exchange-simulator',
        '--config',
        join(folder, 'bowline.yaml'),
        '--dir',
        join(folder, 'data'),
      ],
      ...['--port', '0', '--hold', '--latency-ms', '0'],
    ],
    'stderr',
    /"url":"([^"]+)"/,
  );
  const silent = () => {};
  const logger = { info: silent, warn: silent, error: silent };
  const client = new RemoteExchangeClient({
    ...{ url, exchange: 'sim', account: 'c1', token: 'development', clock: new SystemClock(), logger },
    timeoutMs: 60_000,
  });
  const waiting = new Map();
  await client.connect((report) => {
    if (report.type !== 'order') return;
    if (report.execType !== 'accept') throw new Error(`${report.clientOrderId}: ${report.execType}`);
    waiting.get(report.clientOrderId)();
    waiting.delete(report.clientOrderId);
  });
  let orders = 0;
  const ask = (limitPrice) =>
    new Promise((resolve) => {
      orders += 1;
      const clientOrderId = `order-${orders}`;
      waiting.set(clientOrderId, resolve);
      client.send(place(clientOrderId, orders % 2 === 0 ? 'SELL' : 'BUY', limitPrice));
    });
  return {
    rest: () => ask((side) => (side === 'BUY' ? 9_000 : 11_000)),
    take: () => ask(() => null),
    close: async () => {
      await client.close();
      child.kill();
      await once(child, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function place(clientOrderId, side, priceOf) {
  const limitPrice = priceOf(side);
  const orderType = limitPrice === null ? 'market' : 'limit';
  return {
    ...{ type: 'place', clientOrderId, symbol: 'XYZUSDT', ocoGroup: null, at: Date.now() },
    terms: {
      key: { strategyPositionId: 'A-1', leg: 'e', generation: 0 },
      ...{ side, positionSide: 'LONG', orderType, orderQty: 1, limitPrice },
      ...{ stopPrice: null, timeInForce: 'GTC', reduceOnly: false },
    },
  };
}

const REQUEST = `${JSON.stringify({ type: 'request', number: 1000, request: place('order-1000', 'BUY', () => 9_000) })}\n`;
const REPORT = `${JSON.stringify({
  ...{ type: 'report', sequence: 1000, answers: 1000 },
  report: {
    ...{ id: 'x1000', at: Date.now(), type: 'order', symbol: 'XYZUSDT', clientOrderId: 'order-1000' },
    ...{ execType: 'accept', orderQty: 1, cumQty: 0, reason: null },
  },
})}\n`;

/** The other side of the floor. */
function answerLines() {
  const server = createServer({ noDelay: true }, (socket) => {
    let unanswered = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const byte of chunk) if (byte === 0x0a) unanswered += 1;
      socket.write(REPORT.repeat(unanswered));
      unanswered = 0;
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port} `));
}

async function openFloor() {
  const { child, found: port } = await started(
    [fileURLToPath(import.meta.url), 'answer'],
    'stdout',
    /port (\d+) /,
  );
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const waiting = [];
  socket.on('data', (chunk) => {
    for (const byte of chunk) if (byte === 0x0a) waiting.shift()();
  });
  const ask = () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      socket.write(REQUEST);
    });
  return {
    rest: ask,
    take: ask,
    close: async () => {
      socket.destroy();
      child.kill();
      await once(child, 'close');
    },
  };
}

/** Microseconds of each, sorted. */
async function oneByOne(ask, count) {
  const times = [];
  for (let at = 0; at < count; at += 1) {
    const begun = performance.now();
    await ask();
    times.push((performance.now() - begun) * 1_000);
  }
  return times.sort((a, b) => a - b);
}

/** Requests a second. */
async function together(ask, count) {
  let left = count;
  const begun = performance.now();
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await ask();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return count / ((performance.now() - begun) / 1_000);
}

/** In turns; the best round of each counts. */
async function measure(subjects, { rounds, single, many }) {
  const best = subjects.map(() => ({ p50: Infinity, p99: Infinity, rest: 0, take: 0 }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, { rest, take }] of subjects.entries()) {
      const figures = best[at];
      const times = await oneByOne(rest, single);
      figures.p50 = Math.min(figures.p50, times[Math.floor(single * 0.5)]);
      figures.p99 = Math.min(figures.p99, times[Math.floor(single * 0.99)]);
      figures.rest = Math.max(figures.rest, await together(rest, many));
      figures.take = Math.max(figures.take, await together(take, many));
    }
  }
  return best;
}

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false } = {}) {
  const subjects = [await openExchange(), await openFloor()];
  try {
    const size = quick ? { rounds: 2, single: 500, many: 2_000 } : { rounds: 5, single: 3_000, many: 10_000 };
    const [ours, floor] = await measure(subjects, size);
    return [
      row('round trip, p50', ours.p50, 'µs', floor.p50),
      row('round trip, p99', ours.p99, 'µs', floor.p99),
      row('limit orders, 256 in flight', ours.rest, '/s', floor.rest),
      row('market orders, 256 in flight', ours.take, '/s', floor.take),
    ];
  } finally {
    for (const { close } of subjects) await close();
  }
}

function row(name, ours, unit, reference) {
  return {
    name: `exchange lines: ${name}`,
    ours: Math.round(ours),
    unit,
    reference: { name: 'lines answered blindly', value: Math.round(reference) },
    target: null,
  };
}

if (process.argv[2] === 'answer') answerLines();
else if (isMain(import.meta.url)) printRows(await run());
