import { encodeJson, traceOf, traceIdOf, type DeadLetterMessage } from '@bowline/contracts';
import { LiveDesk } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { DeadLetters } from './dead-letters.js';

const { layout } = await LiveDesk.open();

const TRACE = traceOf('signal-1');
const LETTER: DeadLetterMessage = {
  message: {
    ...{ topic: 'orders.odum.binance-usdm', key: 'odum.binance-usdm.BTCUSDT', id: 'm1', source: 'somebody' },
    ...{ epoch: 7, time: 1, cause: null, traceparent: TRACE, data: '{}' },
  },
  ...{ group: 'execution-gateway/odum.binance-usdm', attempts: 1, reason: 'unsigned' },
};

function taking(...letters: unknown[]) {
  const logged: { fields: Readonly<Record<string, unknown>>; message: string }[] = [];
  const keep = (fields: Readonly<Record<string, unknown>>, message: string) =>
    void logged.push({ fields, message });
  const dead = new DeadLetters(layout, { info: keep, warn: keep, error: keep });
  for (const letter of letters) {
    const data = typeof letter === 'string' ? letter : encodeJson(letter);
    dead.take({ id: 'd1', source: 'x', data });
  }
  return { counted: [...dead.samples()].map(({ labels, value }) => ({ ...labels, value })), logged };
}

describe('a dead letter', () => {
  it('is counted for whoever could not take it, and logged with its reason and its trace', () => {
    const { counted, logged } = taking(LETTER, LETTER, { ...LETTER, group: 'signal-ingest' });
    expect(counted).toEqual([
      { role: 'execution-gateway', shard: 'odum.binance-usdm', value: 2 },
      { role: 'signal-ingest', shard: '', value: 1 },
    ]);
    expect(logged[0]).toEqual({
      message: 'a message was set aside: nobody has acted on it',
      fields: {
        ...{ group: LETTER.group, reason: 'unsigned', attempts: 1, topic: 'orders.odum.binance-usdm' },
        ...{ messageId: 'm1', source: 'somebody', trace: traceIdOf(TRACE) },
      },
    });
  });

  it('says no trace of a message without one', () => {
    const { logged } = taking({ ...LETTER, message: { ...LETTER.message, traceparent: null } });
    expect(logged[0]!.fields).not.toHaveProperty('trace');
  });

  it.each([
    ['is no JSON', '{'],
    ['is something else', { hello: 'world' }],
    ['names a group that reads nothing', { ...LETTER, group: 'execution-gateway/mallory' }],
  ])('that %s is put aside, and not counted', (_, letter) => {
    const { counted, logged } = taking(letter);
    expect([counted, logged.map(({ message }) => message)]).toEqual([
      [],
      ['analytics has put a message aside'],
    ]);
  });
});
