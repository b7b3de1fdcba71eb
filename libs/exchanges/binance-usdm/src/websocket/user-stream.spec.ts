import { BinancePace, BinanceRest, LineRefused } from '@bowline/exchange-binance-common';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@bowline/testkit';
import type { UserEvent } from '../parse/user-events.js';
import { BINANCE_USDM } from '../product.js';
import { Arrivals, KEYS, KeptLog, ScriptedBinance } from '../scripted-binance.spec-support.js';
import { UserStream } from './user-stream.js';

const KEEP_ALIVE_MS = 30 * 60_000;
const HEARTBEAT_MS = 10_000;
/** While time leaps nobody can answer a ping. */
const NO_HEARTBEAT_MS = 10 * KEEP_ALIVE_MS;
const POST = 'POST /fapi/v1/listenKey';
const PUT = 'PUT /fapi/v1/listenKey';

let binance: ScriptedBinance;
let clock: ManualClock;
let logger: KeptLog;
let rest: BinanceRest;
let stream: UserStream;
let events: Arrivals<UserEvent>;
/** Whether each line was a new one after another. */
let ups: Arrivals<boolean>;
let unreadable: Arrivals<null>;

beforeEach(async () => {
  binance = await ScriptedBinance.open();
  clock = new ManualClock(1_700_000_000_000);
  logger = new KeptLog();
  const pace = new BinancePace(clock, BINANCE_USDM.costs);
  rest = new BinanceRest({
    product: BINANCE_USDM,
    url: binance.url,
    keys: KEYS,
    clock,
    logger,
    pace,
    recvWindowMs: 5_000,
    timeoutMs: 1e9,
  });
  events = new Arrivals();
  ups = new Arrivals();
  unreadable = new Arrivals();
  stream = streamOf(HEARTBEAT_MS);
});

afterEach(async () => {
  stream.close();
  rest.close();
  await binance.close();
});

function streamOf(heartbeatMs: number): UserStream {
  return new UserStream(
    { url: binance.streamUrl, rest, account: 'ikenna', clock, logger, heartbeatMs, jitter: () => 1 },
    {
      onEvent: (event) => events.push(event),
      onUp: (again) => ups.push(again),
      onUnreadable: () => unreadable.push(null),
    },
  );
}

/** Lets time pass until something has come to be: pauses are over, answers are awaited. */
async function advanceUntil(when: () => boolean): Promise<void> {
  while (!when()) {
    clock.advance(1_000);
    await turn();
  }
}

describe('a user stream', () => {
  it('is dialed with a listen key, and says what it hears', async () => {
    await stream.open();
    expect(binance.sockets[0]?.url).toBe('/private/ws?listenKey=listen-1');
    expect(binance.callsOf(POST)).toMatchObject([{ apiKey: KEYS.apiKey, params: {} }]);
    binance.push({ e: 'MARGIN_CALL', E: 1, p: [{ s: 'BTCUSDT' }] });
    binance.push({ stream: 'listen-1', data: { e: 'MARGIN_CALL', E: 2, p: [] } });
    expect(await events.first(2)).toMatchObject([{ symbols: ['BTCUSDT'] }, { symbols: [] }]);
    expect(ups.all).toEqual([false]);
  });

  it('keeps its listen key alive', async () => {
    stream = streamOf(NO_HEARTBEAT_MS);
    await stream.open();
    clock.advance(KEEP_ALIVE_MS);
    await binance.until(() => binance.callsOf(PUT).length === 1);
    await advanceUntil(() => binance.callsOf(PUT).length === 2);
    expect(binance.callsOf(POST)).toHaveLength(1);
    expect(ups.all).toEqual([false]);
  });

  it('asks for another key where the exchange knows this one no more', async () => {
    binance.replies(POST, { body: { listenKey: 'listen-1' } }, { body: { listenKey: 'listen-2' } });
    binance.replies(PUT, { status: 400, body: { code: -1125, msg: 'This listenKey does not exist.' } });
    stream = streamOf(NO_HEARTBEAT_MS);
    await stream.open();
    clock.advance(KEEP_ALIVE_MS);
    await binance.until(() => binance.callsOf(PUT).length === 1);
    await advanceUntil(() => ups.all.length === 2);
    expect(ups.all).toEqual([false, true]);
    expect(binance.sockets[1]?.url).toBe('/private/ws?listenKey=listen-2');
  });

  it('asks for another key where the exchange says that this one is over', async () => {
    await stream.open();
    binance.push({ e: 'listenKeyExpired', E: 1, listenKey: 'listen-1' });
    await advanceUntil(() => ups.all.length === 2);
    expect(binance.callsOf(POST)).toHaveLength(2);
    expect(events.all).toEqual([]);
  });

  it('comes back when it is broken off, and after the exchange was away', async () => {
    await stream.open();
    binance.replies(POST, 'drop', { status: 503, body: '' }, { body: { listenKey: 'listen-2' } });
    binance.sockets[0]?.socket.terminate();
    await advanceUntil(() => ups.all.length === 2);
    expect(binance.callsOf(POST)).toHaveLength(4);
  });

  it('is broken off where nobody says a word', async () => {
    await stream.open();
    const { socket } = binance.sockets[0]!;
    // The other side is there, and its program is not.
    socket.pause();
    await advanceUntil(() => ups.all.length === 2);
    expect(ups.all).toEqual([false, true]);
  });

  it('stands as long as pings are answered', async () => {
    await stream.open();
    for (let beats = 0; beats < 10; beats += 1) {
      const pinged = once(binance.sockets[0]!.socket, 'ping');
      clock.advance(HEARTBEAT_MS);
      await pinged;
      // The answer has been written by now; a message behind it shows that it has been read.
      binance.push({ e: 'MARGIN_CALL', E: beats, p: [] });
      await events.first(beats + 1);
    }
    expect(ups.all).toEqual([false]);
  });

  it.each(['{', '[]', '{"e":"ORDER_TRADE_UPDATE"}'])('says that it could not read %s', async (text) => {
    await stream.open();
    binance.push(text);
    await unreadable.first(1);
    binance.push({ e: 'MARGIN_CALL', E: 1, p: [] });
    expect(await events.first(1)).toHaveLength(1);
  });

  it('does not come to stand where the key is refused', async () => {
    binance.replies(POST, { status: 401, body: { code: -2015, msg: 'Invalid API-key' } });
    const opened = stream.open();
    await expect(opened).rejects.toThrow(LineRefused);
    await expect(opened).rejects.toThrow('gives no listen key: -2015: Invalid API-key');
  });

  it('is given up when it is closed before it stands', async () => {
    binance.replies(POST, 'hang');
    const opened = stream.open();
    await binance.until(() => binance.callsOf(POST).length === 1);
    stream.close();
    await expect(opened).rejects.toThrow('the line of the user stream of ikenna was closed');
  });
});
