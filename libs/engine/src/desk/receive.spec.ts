import { describe, expect, it } from '@jest/globals';
import { controlTopic, encodeJson } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';
import { NoteBench } from '../runner/runner.spec-support.js';
import { ofClient } from './own-messages.js';
import { receive } from './receive.js';

const halt = {
  type: 'trading_state',
  clientId: 'odum',
  scope: { exchange: null, symbol: null, strategyId: null },
  tradingState: 'HALTED',
  by: 'operator',
  reason: 'a drill',
} as const;

function messageOf(data: string): BusMessage {
  const rest = { topic: 'control.odum', key: 'odum', source: 'console', epoch: 0, time: 0, cause: null };
  return { id: 'message', data, ...rest };
}

/** Hands a text to a shard as a message, and says what becomes of it. */
async function receives(data: string, name: string | null = 'halted') {
  const bench = await NoteBench.open();
  const message = messageOf(data);
  const hand = () =>
    receive(bench.runner, message, controlTopic, ofClient('odum'), ({ type }) =>
      name === null ? null : { name: `${name} ${type}` },
    );
  await hand();
  await hand();
  return { noted: bench.runner.state.names, happened: bench.happened, records: bench.journal.sequence };
}

describe('a message that a shard receives', () => {
  it('is read once, and handled under its own id', async () => {
    expect(await receives(encodeJson(halt))).toEqual({
      noted: ['halted trading_state'],
      happened: ['duplicate'],
      records: 1,
    });
  });

  it('leaves no trace where it says nothing to the shard', async () => {
    expect(await receives(encodeJson(halt), null)).toEqual({ noted: [], happened: [], records: 0 });
  });

  it.each([
    ['is no JSON', '{"type":'],
    ['is empty', ''],
    ['is nothing', 'null'],
    ['is no such JSON', '{"~map":5}'],
    ['has half an entry in a Map', '{"~map":[1]}'],
    ['has a text that stands for nothing', '"~x"'],
    ['has an unknown field', encodeJson({ ...halt, force: true })],
    ['lacks a field', encodeJson({ ...halt, by: undefined })],
    ['is of another type', encodeJson({ ...halt, type: 'open' })],
    ['has a field of another type', encodeJson({ ...halt, reason: 5n })],
  ])('is put aside where it %s', async (_, data) => {
    const { happened, noted, records } = await receives(data);
    expect([noted, records, happened[0]]).toEqual([[], 1, 'parked message']);
  });
});
