import { describe, expect, it } from '@jest/globals';
import {
  answers,
  cancels,
  closes,
  DeskHarness,
  fills,
  given,
  loses,
  NOTHING_RESERVED,
  opens,
  queries,
  reverses,
  settles,
  someParams,
  type ChannelHarness,
  type Step,
} from '@bowline/testkit';
import { decimal } from '../primitives/index.js';

type Side = 'LONG' | 'SHORT';

interface InFlight {
  readonly name: string;
  /** What happens to the entry before the close is asked for. */
  readonly before: readonly Step[];
  /** And after it. */
  readonly after: readonly Step[];
  /** What the entry has filled in the end. */
  readonly filled: number;
}

const late: Step = fills('A-1', 'e', 10, 100);

const races: readonly InFlight[] = [
  { name: 'sent', before: [], after: [answers('A-1', 'e', 'cancel')], filled: 0 },
  {
    name: 'working',
    before: [answers('A-1', 'e', 'new')],
    after: [answers('A-1', 'e', 'cancel')],
    filled: 0,
  },
  {
    name: 'UNKNOWN, then filled',
    before: [loses('A-1', 'e', 'new', true)],
    after: [fills('A-1', 'e', 10, 100), queries('A-1', 'e')],
    filled: 10,
  },
  {
    name: 'UNKNOWN, then found working',
    before: [loses('A-1', 'e', 'new', true)],
    after: [loses('A-1', 'e', 'cancel', false), queries('A-1', 'e'), answers('A-1', 'e', 'cancel')],
    filled: 0,
  },
  {
    name: 'UNKNOWN, then absent',
    before: [loses('A-1', 'e', 'new', false)],
    after: [queries('A-1', 'e')],
    filled: 0,
  },
  {
    name: 'canceled, and the fill that beat the cancel comes late',
    before: [answers('A-1', 'e', 'new')],
    after: [answers('A-1', 'e', 'cancel'), late],
    filled: 10,
  },
  {
    name: 'partly filled, then canceled',
    before: [answers('A-1', 'e', 'new'), fills('A-1', 'e', 4, 100)],
    after: [answers('A-1', 'e', 'cancel')],
    filled: 4,
  },
  {
    name: 'partly filled and protected, then filled before the cancel',
    before: [answers('A-1', 'e', 'new'), fills('A-1', 'e', 4, 100), answers('A-1', 's', 'new')],
    after: [fills('A-1', 'e', 6, 100), answers('A-1', 'e', 'cancel')],
    filled: 10,
  },
  {
    name: 'partly filled, then canceled, and one more fill comes late',
    before: [answers('A-1', 'e', 'new'), fills('A-1', 'e', 4, 100)],
    after: [cancels('A-1', 'e'), fills('A-1', 'e', 3, 100)],
    filled: 7,
  },
  {
    name: 'partly filled, its stop filled too',
    before: [answers('A-1', 'e', 'new'), fills('A-1', 'e', 4, 100), answers('A-1', 's', 'new')],
    after: [fills('A-1', 's'), answers('A-1', 'e', 'cancel')],
    filled: 4,
  },
];

const table = races.flatMap((race) => (['LONG', 'SHORT'] as const).map((side) => ({ ...race, side })));

/** What the exchange has traded under a leg of A-1. */
function traded(channel: ChannelHarness, leg: string): number {
  return channel.exchange.trades
    .filter(({ key }) => key!.strategyPositionId === 'A-1' && (leg === 'e') === (key!.leg === 'e'))
    .reduce((sum, { signedQty }) => sum + Math.abs(signedQty), 0);
}

describe.each(table)(
  'an entry that is $name when its close arrives ($side)',
  ({ after, before, filled, side }) => {
    it('leaves nothing over and closes nothing twice', () => {
      const channel = given(opens('A', side, 10), ...before, closes('A'), ...after, settles);
      expect(channel.exchange.net()).toBe(0);
      expect(traded(channel, 'e')).toBe(filled);
      expect(traded(channel, 'closing')).toBe(filled);
      expect(channel.state.positions.size).toBe(0);
      expect(channel.state.current.size).toBe(0);
      expect(channel.working()).toEqual([]);
    });

    it('and is reversed: the other side opens once the close is terminal, and not before', () => {
      const other: Side = side === 'LONG' ? 'SHORT' : 'LONG';
      const channel = given(opens('A', side, 10), ...before, reverses('A', other, 6));
      expect(channel.exchange.orders.some(({ terms }) => terms.key.strategyPositionId === 'A-2')).toBe(false);
      channel.when(...after, settles);
      expect(channel.denials()).toEqual([]);
      expect(channel.position('A-1')).toMatchObject({ status: 'closed', openQty: 0 });
      expect(channel.position('A-2')).toMatchObject({ status: 'open', openQty: 6 });
      expect(channel.exchange.net()).toBe(other === 'LONG' ? 6 : -6);
      expect(traded(channel, 'e')).toBe(filled);
      expect(traded(channel, 'closing')).toBe(filled);
      expect(channel.working()).toHaveLength(2);
    });

    it('frees every reservation of the client', () => {
      const channel = given();
      const desk = new DeskHarness(channel);
      desk.signal('A', side === 'LONG' ? 1 : -1);
      expect(desk.reserved()).toMatchObject({ exposure: 10 });
      channel.when(...before);
      desk.signal('A', 0);
      expect(desk.reserved().closing).toBe(1);
      channel.when(...after, settles);
      expect(desk.reserved()).toEqual(NOTHING_RESERVED);
      expect(channel.exchange.net()).toBe(0);
    });

    it('frees every reservation when the client reverses, and reserves the new entry', () => {
      const channel = given();
      const desk = new DeskHarness(channel);
      desk.signal('A', side === 'LONG' ? 1 : -1);
      channel.when(...before);
      desk.signal('A', side === 'LONG' ? -1 : 1);
      channel.when(...after, settles);
      const [long, short] = side === 'LONG' ? [0, 10] : [10, 0];
      expect(desk.reserved()).toEqual({ exposure: 10, long, short, closing: 0 });
      expect(channel.exchange.net()).toBe(long - short);
      desk.signal('A', 0);
      channel.when(settles);
      expect(desk.reserved()).toEqual(NOTHING_RESERVED);
      expect(channel.exchange.net()).toBe(0);
    });
  },
);

describe('reservations', () => {
  it('are freed when the channel refuses the entry', () => {
    const channel = given((c) => c.take({ type: 'trading_state', tradingState: 'REDUCING', at: 0 }));
    const desk = new DeskHarness(channel);
    expect(desk.signal('A', 1).type).toBe('entry_ordered');
    expect(channel.journal.at(-1)).toMatchObject({ type: 'denied', code: 'REDUCING_ONLY' });
    expect(desk.reserved()).toEqual(NOTHING_RESERVED);
  });

  it('move from working to open as the entry fills, and count both', () => {
    const channel = given();
    const strategies = {
      A: someParams({ scaleIn: true }),
      B: someParams({ sizing: { kind: 'fixedQuantity', quantity: decimal(3) } }),
    };
    const desk = new DeskHarness(channel, strategies);
    desk.signal('A', 1);
    desk.signal('B', -1);
    expect(desk.reserved()).toMatchObject({ exposure: 13, long: 10, short: 3 });
    channel.when(fills('A-1', 'e', 4, 100));
    const target = desk.client.channels[0]!.targets.get('A')!;
    expect([target.openQty, target.workingQty]).toEqual([4, 6]);
    channel.when(settles);
    expect([target.openQty, target.workingQty]).toEqual([10, 0]);
    desk.signal('A', 1);
    expect([target.openQty, target.workingQty]).toEqual([10, 10]);
    channel.when(settles);
    expect(desk.reserved()).toMatchObject({ exposure: 23, long: 20, short: 3 });
    expect(channel.position('A-1').openQty).toBe(20);
  });
});
