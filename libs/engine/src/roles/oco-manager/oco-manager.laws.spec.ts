import { describe, expect, it } from '@jest/globals';
import {
  auditTopic,
  decodeJson,
  encodeJson,
  ordersTopic,
  positionsTopic,
  type ControlScope,
} from '@bowline/contracts';
import { formatUnits, type Adoption, type ChannelInput, type Decimal } from '@bowline/domain';
import { MOVE_KINDS, RandomChannel, type Move } from '@bowline/testkit';
import fc from 'fast-check';
import { CHANNEL, SETUP } from './oco.spec-support.js';
import { ocoManager } from './role.js';
import type { OcoManagerInput } from './state.js';

const any = fc.nat({ max: 1_000 });
const moves = fc.array(fc.tuple(fc.constantFrom(...MOVE_KINDS), any, any, any), {
  minLength: 10,
  maxLength: 100,
  size: 'max',
}) as fc.Arbitrary<Move[]>;
const EVERYTHING: ControlScope = { exchange: null, symbol: null, strategyId: null };
const TOPICS = { orders: ordersTopic, positions: positionsTopic, audit: auditTopic };

/** What reaches a channel, as it reaches the role that trades it. */
function inputsOf(): (input: ChannelInput) => OcoManagerInput {
  const sequences = new Map<string, number>();
  return (input) => {
    switch (input.type) {
      case 'open':
      case 'close':
      case 'reverse': {
        const sequence = (sequences.get(input.strategyId) ?? 0) + 1;
        sequences.set(input.strategyId, sequence);
        return { type: 'intent', intent: input, sequence };
      }
      case 'execution':
      case 'position_report':
      case 'external_fill':
      case 'forced_close':
      case 'funding':
        return { type: 'exchange', input };
      case 'trigger_hit':
      case 'stop_moved':
      case 'watch_report':
      case 'unprotected_due':
      case 'time_exit_due':
        return { type: 'watched', input };
      case 'trading_state':
      case 'retry':
      case 'stop_entries':
        return { type: 'control', id: 'c-1', command: commandOf(input) };
      case 'adopt':
        return { type: 'control', id: input.adoptionId, command: adoptionOf(input) };
    }
  };
}

function commandOf(input: Extract<ChannelInput, { type: 'trading_state' | 'retry' | 'stop_entries' }>) {
  const common = { clientId: CHANNEL.clientId, scope: EVERYTHING, by: 'operator', reason: 'a drill' };
  if (input.type === 'retry') return { type: 'retry', ...common } as const;
  const tradingState = input.type === 'trading_state' ? input.tradingState : 'HALTED';
  return { type: 'trading_state', ...common, tradingState } as const;
}

function adoptionOf({ strategyId, type, price, quantity, side, stopLoss, takeProfit }: Adoption) {
  const text = ({ scale, units }: Decimal) => formatUnits(units, scale);
  const { exchange, symbol } = CHANNEL;
  return {
    ...{ type, clientId: CHANNEL.clientId, scope: { exchange, symbol, strategyId } },
    ...{ side, quantity: text(quantity), price: text(price) },
    ...{ takeProfit: takeProfit && text(takeProfit), stopLoss: stopLoss && text(stopLoss) },
    ...{ by: 'operator', reason: 'a drill' },
  };
}

describe('whatever a client, an exchange and a gateway do to a channel', () => {
  it('the state is the fold of its events, also after restarts, and every message can be read', () => {
    let told = 0;
    fc.assert(
      fc.property(moves, fc.nat({ max: 30 }), (made, restartEvery) => {
        const role = ocoManager(SETUP);
        let state = role.create();
        const folded = role.create();
        const toInput = inputsOf();
        let inputs = 0;
        const channel = new RandomChannel(
          { protection: SETUP.protection, instrument: SETUP.instrument },
          (harness, input) => {
            harness.take(input);
            inputs += 1;
            const { events, messages } = role.execute(state, toInput(input), input.at);
            for (const event of decodeJson(encodeJson(events)) as typeof events) role.evolve(folded, event);
            for (const { body, topic } of messages) {
              TOPICS[topic.split('.')[0] as keyof typeof TOPICS].parse(decodeJson(encodeJson(body)));
              told += 1;
            }
            expect(encodeJson(role.save(folded))).toBe(encodeJson(role.save(state)));
            if (inputs % (restartEvery + 1) === restartEvery) {
              state = role.load(decodeJson(encodeJson(role.save(state))));
            }
          },
        );
        for (const move of made) channel.move(move);
        channel.calm();
        channel.closeAll();
        expect([...state.channel.positions.keys()]).toEqual([]);
        expect(state.placed.size).toBe(0);
      }),
      { numRuns: 60, seed: 1 },
    );
    expect(told).toBeGreaterThan(0);
  });
});
