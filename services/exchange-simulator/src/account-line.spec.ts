import { Duplex } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { JsonLines, REMOTE_CAPABILITIES, type AnsweringClient } from '@bowline/exchange-simulator';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { AccountLine } from './account-line.js';

/** An account whose exchange says what the spec tells it to. */
function opened() {
  let tell: (report: ExchangeReport, answers: ExchangeRequest | null) => void = () => undefined;
  const client: AnsweringClient = {
    ...{ exchange: 'sim', account: 'ikenna', capabilities: REMOTE_CAPABILITIES, pace: null },
    send: () => undefined,
    connect: async (onReport) => {
      tell = onReport;
    },
    close: async () => undefined,
  };
  const line = new AccountLine(client, () => false);
  const say = (clientOrderId: string): void =>
    tell({ id: 'x1', at: 0, type: 'order_absent', symbol: 'BTCUSDT', clientOrderId }, null);
  return { line, say };
}

/** Somebody on the line, who reads or does not. */
function somebody(line: AccountLine, reads: boolean) {
  let heardBytes = 0;
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      heardBytes += chunk.length;
      if (reads) done();
    },
  });
  const closed = new Promise<string>((resolve) => {
    const lines: JsonLines = new JsonLines(socket, {
      onValue: () => undefined,
      onClosed: (reason) => {
        line.leave(lines);
        resolve(reason);
      },
    });
    line.join(lines, 0);
  });
  return { closed, heard: () => heardBytes };
}

describe('an account', () => {
  it('loses whoever leaves its reports unread, and nobody else', async () => {
    const { line, say } = opened();
    const slow = somebody(line, false);
    const quick = somebody(line, true);
    const mebibyte = 'x'.repeat(1 << 20);
    // Each in a turn of its own, as the exchange has it: who reads has read before the next.
    const told = async (count: number): Promise<void> => {
      for (let at = 0; at < count; at += 1) {
        say(mebibyte);
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
    };
    await told(15);
    expect(line.connections).toBe(2);
    await told(2);
    expect(await slow.closed).toBe('16777216 bytes of reports have not been read');
    expect(line.connections).toBe(1);
    await told(1);
    expect(quick.heard()).toBeGreaterThan(18 << 20);
    expect(line.lastSequence).toBe(18);
  });
});
