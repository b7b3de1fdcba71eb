import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { ManualClock } from '@bowline/testkit';
import { PROTOCOL } from './protocol.js';
import { RemoteExchangeClient, type RemoteExchangeClientOptions } from './remote-exchange-client.js';
import {
  Arrivals,
  KeptLog,
  refusal,
  ScriptedExchange,
  type ScriptedLine,
} from './scripted-exchange.spec-support.js';

const START = 1_000_000;
const FIRST_PAUSE_MS = 50;
const TIMEOUT_MS = 3_000;

let exchange: ScriptedExchange;
let clock: ManualClock;
let log: KeptLog;
let client: RemoteExchangeClient;
let reports: Arrivals<ExchangeReport>;

beforeEach(async () => {
  exchange = await ScriptedExchange.open();
  clock = new ManualClock(START);
  log = new KeptLog();
  reports = new Arrivals();
  client = clientOf();
});

afterEach(async () => {
  await client.close();
  await exchange.close();
});

function clientOf(options: Partial<RemoteExchangeClientOptions> = {}): RemoteExchangeClient {
  const { url } = exchange;
  const account = { exchange: 'binance-usdm', account: 'ikenna', token: 'secret' };
  return new RemoteExchangeClient({ url, clock, logger: log, ...account, ...options });
}

/** Connects, and returns the exchange's end of the line. */
async function connected(): Promise<ScriptedLine> {
  const connecting = client.connect((report) => reports.push(report));
  const line = await exchange.lines.next();
  line.say({ type: 'welcome', sequence: 7, at: START });
  await connecting;
  return line;
}

/** Waits out the pause after a broken line, and returns the exchange's end of the next one. */
async function again(): Promise<ScriptedLine> {
  clock.advance(FIRST_PAUSE_MS);
  const line = await exchange.lines.next();
  line.say({ type: 'welcome', sequence: 20, at: clock.now() });
  return line;
}

const query = (clientOrderId: string): ExchangeRequest => ({
  type: 'query_order',
  clientOrderId,
  symbol: 'BTCUSDT',
  at: clock.now(),
});

const absent = (clientOrderId: string): ExchangeReport => ({
  id: `s1.${clientOrderId}`,
  at: START,
  type: 'order_absent',
  symbol: 'BTCUSDT',
  clientOrderId,
});

const unknown = (clientOrderId: string) => ({
  type: 'request_unknown',
  request: 'query_order',
  clientOrderId,
});

describe('a line to the exchange', () => {
  it('is asked for by account, version and secret', async () => {
    client = clientOf({ account: 'o/dum' });
    const line = await connected();
    expect(line.path).toBe('/v1/exchanges/binance-usdm/accounts/o%2Fdum/stream');
    expect(line.headers).toMatchObject({ upgrade: PROTOCOL, authorization: 'Bearer secret' });
  });

  it.each([
    [401, 'wrong token for ikenna'],
    [404, 'no account ikenna'],
    [426, 'speak bowline-exchange/2'],
  ])('that is refused with %i is not asked for again, and the reason is told', async (status, detail) => {
    exchange.answers.push({ refusal: refusal(status, detail) });
    await expect(client.connect(() => undefined)).rejects.toMatchObject({
      kind: 'refused',
      message: `${exchange.url} refuses ikenna at binance-usdm: ${status}: ${detail}`,
    });
    clock.settle();
    expect(exchange.asked.items).toHaveLength(1);
  });

  it('is refused by an exchange that speaks another version', async () => {
    exchange.answers.push({ protocol: 'bowline-exchange/2' });
    await expect(client.connect(() => undefined)).rejects.toThrow(
      'the exchange speaks bowline-exchange/2, we speak bowline-exchange/1',
    );
  });

  it('is asked for again, after pauses that grow, while the exchange is away or cannot give one', async () => {
    exchange.answers.push({ refusal: refusal(503, 'not now') }, { refusal: refusal(503, 'still not') });
    const connecting = client.connect(() => undefined);
    expect(await log.warnings.next()).toMatchObject({ reason: '503: not now' });
    clock.advance(FIRST_PAUSE_MS);
    expect(await log.warnings.next()).toMatchObject({ reason: '503: still not' });
    await exchange.asked.next();
    await exchange.asked.next();
    clock.advance(2 * FIRST_PAUSE_MS - 1);
    expect(exchange.asked.items).toHaveLength(0);
    clock.advance(1);
    (await exchange.lines.next()).say({ type: 'welcome', sequence: 0, at: START });
    await connecting;
  });

  it('is waited for until it is closed', async () => {
    await exchange.close();
    const connecting = client.connect(() => undefined);
    expect(await log.warnings.next()).toMatchObject({ reason: 'ECONNREFUSED' });
    await client.close();
    await expect(connecting).rejects.toMatchObject({ kind: 'closed' });
  });

  it.each(['ws://127.0.0.1:8430', 'http://127.0.0.1:8430/path', '127.0.0.1:8430', ''])(
    'goes to no address like %j',
    (url) => {
      expect(() => clientOf({ url })).toThrow(
        `the exchange simulator's address must look like http://127.0.0.1:8430, got ${JSON.stringify(url)}`,
      );
    },
  );
});

describe('a request', () => {
  it('is sent once, and the report that answers it ends the wait', async () => {
    const line = await connected();
    client.send(query('a'));
    expect(await line.heard.next()).toEqual({ type: 'request', number: 1, request: query('a') });
    expect(client.unanswered).toBe(1);
    line.say({ type: 'report', sequence: 8, answers: 1, report: absent('a') });
    expect(await reports.next()).toEqual(absent('a'));
    expect(client).toMatchObject({ unanswered: 0, lastSequence: 8 });
    clock.advance(TIMEOUT_MS);
    expect(reports.items).toEqual([]);
  });

  it('is unknown where no answer comes in time, each by its own time, and a late answer is told all the same', async () => {
    const line = await connected();
    client.send(query('a'));
    clock.advance(1_000);
    client.send(query('b'));
    // What the market does answers nothing.
    line.say({ type: 'report', sequence: 8, answers: null, report: absent('c') });
    await reports.next();
    clock.advance(TIMEOUT_MS - 1_001);
    expect(reports.items).toEqual([]);
    clock.advance(1);
    expect(reports.items).toMatchObject([unknown('a')]);
    clock.advance(1_000);
    expect(reports.items).toMatchObject([unknown('a'), unknown('b')]);
    reports.items.length = 0;
    line.say({ type: 'report', sequence: 9, answers: 1, report: absent('a') });
    expect(await reports.next()).toEqual(absent('a'));
  });

  it('is unknown at once where the line breaks, is not sent again, and the client says when the line stands again', async () => {
    const line = await connected();
    client.send(query('a'));
    client.send(query('b'));
    await line.heard.next();
    line.cut();
    expect(await reports.next()).toMatchObject(unknown('a'));
    expect(await reports.next()).toMatchObject(unknown('b'));
    const second = await again();
    expect(await reports.next()).toMatchObject({ type: 'reconnected' });
    client.send(query('c'));
    expect(await second.heard.next()).toMatchObject({ number: 3, request: { clientOrderId: 'c' } });
    second.say({ type: 'report', sequence: 21, answers: 3, report: absent('c') });
    expect(await reports.next()).toEqual(absent('c'));
  });

  it('that is sent without a line goes nowhere, and is unknown, though not inside the call', async () => {
    const line = await connected();
    client.send(query('a'));
    line.cut();
    await reports.next();
    client.send({ type: 'query_position', symbol: 'BTCUSDT', afterTradeId: 0, at: START });
    expect(reports.items).toEqual([]);
    clock.advance(0);
    expect(await reports.next()).toMatchObject({ request: 'query_position', clientOrderId: null });
    const second = await again();
    await reports.next();
    client.send(query('b'));
    expect(await second.heard.next()).toMatchObject({ request: { clientOrderId: 'b' } });
  });

  it('gets an id for what this end says that no other report has', async () => {
    const ids = new Set<string>();
    for (let start = 0; start < 3; start += 1) {
      const line = await connected();
      client.send(query('a'));
      client.send(query('b'));
      line.cut();
      for (let at = 0; at < 2; at += 1) ids.add((await reports.next()).id);
      await client.close();
      client = clientOf();
    }
    expect(ids.size).toBe(6);
  });
});

describe('a line that goes wrong', () => {
  it.each<[string, (line: ScriptedLine) => void, string]>([
    [
      'misses a report',
      (line) => line.say({ type: 'report', sequence: 9, answers: null, report: absent('a') }),
      'report 9 comes after 7',
    ],
    ['is no JSON', (line) => line.write('{"type":\n'), 'a line is no JSON: "{\\"type\\":"'],
    ['says no word', (line) => line.write('[]\n'), 'every line is an object with a type'],
    [
      'says a word that is not known',
      (line) => line.say({ type: 'farewell' }),
      '"farewell" is out of place here',
    ],
    [
      'welcomes twice',
      (line) => line.say({ type: 'welcome', sequence: 7 }),
      '"welcome" is out of place here',
    ],
  ])('because it %s is broken off with the reason, and dialed again', async (_what, act, detail) => {
    const line = await connected();
    client.send(query('a'));
    act(line);
    expect(await reports.next()).toMatchObject(unknown('a'));
    const heard: unknown[] = [await line.heard.next(), await line.heard.next()];
    expect(heard[1]).toEqual({ type: 'refused', detail });
    await again();
    expect(await reports.next()).toMatchObject({ type: 'reconnected' });
  });

  it('because the exchange has refused what we said, says why', async () => {
    const line = await connected();
    line.say({ type: 'refused', detail: 'number must be above 0' });
    expect(await log.warnings.next()).toMatchObject({ reason: 'number must be above 0' });
  });

  it('because nobody is there any more is found out by asking', async () => {
    const line = await connected();
    client.send(query('a'));
    await line.heard.next();
    clock.advance(2_000);
    expect(await line.heard.next()).toEqual({ type: 'ping' });
    line.say({ type: 'pong' });
    line.say({ type: 'report', sequence: 8, answers: 1, report: absent('a') });
    await reports.next();
    clock.advance(5_999);
    client.send(query('b'));
    clock.advance(1);
    expect(await reports.next()).toMatchObject(unknown('b'));
    expect(await log.warnings.next()).toMatchObject({ reason: 'no word for 6000 ms' });
  });

  it('goes on being dialed where the exchange has come to refuse us, until it lets us in', async () => {
    const line = await connected();
    exchange.answers.push({ refusal: refusal(401, 'wrong token') });
    line.cut();
    await log.warnings.next();
    clock.advance(FIRST_PAUSE_MS);
    expect(await log.warnings.next()).toMatchObject({ reason: '401: wrong token' });
    clock.advance(2 * FIRST_PAUSE_MS);
    (await exchange.lines.next()).say({ type: 'welcome', sequence: 7, at: START });
    expect(await reports.next()).toMatchObject({ type: 'reconnected' });
  });
});

describe('a client that is closed', () => {
  it('tells nothing any more, and hangs up', async () => {
    const line = await connected();
    client.send(query('a'));
    line.say({ type: 'report', sequence: 8, answers: 1, report: absent('a') });
    await client.close();
    await line.closed;
    clock.settle();
    expect(reports.items).toEqual([]);
    expect(exchange.lines.items).toEqual([]);
  });
});
