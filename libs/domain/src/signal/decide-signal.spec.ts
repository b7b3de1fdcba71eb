import { describe, expect, it } from '@jest/globals';
import {
  aClient,
  aSignal,
  DeskHarness,
  fills,
  given,
  settles,
  someFacts,
  someParams,
} from '@bowline/testkit';
import {
  addTarget,
  applyPositionReport,
  decidePending,
  decideSignal,
  evolveClient,
  wantsClose,
  type ClientState,
  type PendingSignal,
  type Target,
} from './index.js';

type Held = 'flat' | 'long' | 'short' | 'working' | 'closing';

/** What a client holds of its strategy A. */
function holding(held: Held, mode: 'longOnly' | 'longShort' = 'longShort', scaleIn = false): ClientState {
  const client = aClient({ strategies: { A: someParams({ mode, scaleIn }) } });
  if (held === 'flat') return client;
  evolveClient(
    client,
    decideSignal(client, 0, aSignal(held === 'short' ? -1 : 1, { id: 'first' }), someFacts()),
  );
  if (held === 'working') return client;
  const side = held === 'short' ? 'SHORT' : 'LONG';
  applyPositionReport(client, 0, { strategyId: 'A', side, openQty: 10, entryLeavesQty: 0, closed: null }, 1);
  if (held === 'closing')
    evolveClient(client, decideSignal(client, 0, aSignal(0, { id: 'second' }), someFacts()));
  return client;
}

function targetOf(client: ClientState): Target {
  return client.channels[0]!.targets.get('A')!;
}

/** What is decided, in a word. */
function outcome(client: ClientState, signal: PendingSignal): string {
  const event = decideSignal(client, 0, signal, someFacts());
  switch (event.type) {
    case 'entry_ordered':
      return event.intent.side;
    case 'close_ordered':
      return `${event.intent.reason}${event.pending === null ? '' : ', then enter'}`;
    case 'signal_ignored':
      return event.reason;
    case 'entry_denied':
      return event.code;
    case 'close_commanded':
      return 'closed by command';
  }
}

describe('a signal', () => {
  it.each<[Held, 1 | 0 | -1, string, string]>([
    // held, signal, longShort, longOnly
    ['flat', 1, 'LONG', 'LONG'],
    ['flat', 0, 'ALREADY_FLAT', 'ALREADY_FLAT'],
    ['flat', -1, 'SHORT', 'ALREADY_FLAT'],
    ['long', 1, 'UNCHANGED', 'UNCHANGED'],
    ['long', 0, 'signal', 'signal'],
    ['long', -1, 'reversal, then enter', 'signal'],
    ['short', 1, 'reversal, then enter', 'reversal, then enter'],
    ['short', 0, 'signal', 'signal'],
    ['short', -1, 'UNCHANGED', 'signal'],
    ['working', 1, 'UNCHANGED', 'UNCHANGED'],
    ['working', 0, 'signal', 'signal'],
    ['working', -1, 'reversal, then enter', 'signal'],
    ['closing', 1, 'reversal, then enter', 'reversal, then enter'],
    ['closing', 0, 'signal', 'signal'],
    ['closing', -1, 'reversal, then enter', 'signal'],
  ])('held %s, signal %d: longShort %s, longOnly %s', (held, signal, longShort, longOnly) => {
    const inLongOnly = holding(held);
    // Whatever it came to hold before it was told to go one way only.
    const target = targetOf(inLongOnly);
    inLongOnly.channels[0]!.targets.set('A', { ...target, params: someParams({ mode: 'longOnly' }) });
    expect(outcome(holding(held), aSignal(signal))).toBe(longShort);
    expect(outcome(inLongOnly, aSignal(signal))).toBe(longOnly);
    expect(wantsClose(targetOf(holding(held)), aSignal(signal))).toBe(
      held !== 'flat' && longShort !== 'UNCHANGED' && !(held === 'closing' && signal === 1),
    );
  });

  it('adds to a position of its side with scaleIn, once nothing is on its way any more', () => {
    expect(outcome(holding('long', 'longShort', true), aSignal(1))).toBe('LONG');
    expect(outcome(holding('short', 'longShort', true), aSignal(-1))).toBe('SHORT');
    expect(outcome(holding('working', 'longShort', true), aSignal(1))).toBe('UNCHANGED');
  });

  it('is dropped when it is older than the last that was acted on, whatever it says', () => {
    const client = holding('long');
    expect(targetOf(client).lastSignalTime).toBe(1);
    for (const signal of [1, 0, -1] as const)
      expect(outcome(client, aSignal(signal, { time: 0 }))).toBe('STALE');
    expect(outcome(client, aSignal(0, { time: 1 }))).toBe('signal');
  });

  it('counts as acted on when it was denied, not when it was ignored', () => {
    const denied = aClient({
      strategies: {
        A: someParams({ sizing: { kind: 'riskPerTrade', percent: { units: 1n, scale: 0 } }, stopLoss: null }),
      },
    });
    evolveClient(denied, decideSignal(denied, 0, aSignal(1, { time: 7 }), someFacts()));
    expect(targetOf(denied).lastSignalTime).toBe(7);
    const ignored = holding('flat');
    evolveClient(ignored, decideSignal(ignored, 0, aSignal(0, { time: 7 }), someFacts()));
    expect(targetOf(ignored).lastSignalTime).toBe(-Infinity);
  });

  it('expires for an entry, and never for a close', () => {
    const expired = { expiresAt: 0 };
    expect(outcome(holding('flat'), aSignal(1, expired))).toBe('EXPIRED');
    expect(outcome(holding('flat'), aSignal(1, { expiresAt: 1 }))).toBe('LONG');
    expect(outcome(holding('long'), aSignal(0, expired))).toBe('signal');
  });

  it('is one order when it comes twice', () => {
    const client = holding('flat');
    evolveClient(client, decideSignal(client, 0, aSignal(1), someFacts()));
    expect(outcome(client, aSignal(1))).toBe('UNCHANGED');
    expect(targetOf(client).workingQty).toBe(10);
  });
});

describe('a reversal', () => {
  function reversed(): ClientState {
    const client = holding('long');
    evolveClient(client, decideSignal(client, 0, aSignal(-1, { id: 'turn', time: 2 }), someFacts({ at: 2 })));
    return client;
  }
  const over = {
    strategyId: 'A',
    side: 'LONG',
    openQty: 0,
    entryLeavesQty: 0,
    closed: { netPnl: -5n, realizedPnl: -3n, traded: true },
  } as const;

  it('waits for the close, and is decided with its result', () => {
    const client = reversed();
    expect(decidePending(client, 0, 'A', someFacts())).toBeNull();
    applyPositionReport(client, 0, over, 2);
    expect(decidePending(client, 0, 'A', someFacts())).toMatchObject({
      type: 'entry_ordered',
      intent: { side: 'SHORT', intentId: 'turn' },
    });
    expect(client.netPnl).toBe(-5n);
  });

  it('is taken back by a signal to be flat', () => {
    const client = reversed();
    evolveClient(client, decideSignal(client, 0, aSignal(0, { time: 3 }), someFacts()));
    applyPositionReport(client, 0, over, 2);
    expect(decidePending(client, 0, 'A', someFacts())).toBeNull();
  });

  it('is taken back although all is closed already but the last cancel', () => {
    const client = reversed();
    applyPositionReport(client, 0, { ...over, closed: null }, 2);
    evolveClient(client, decideSignal(client, 0, aSignal(0, { time: 3 }), someFacts()));
    applyPositionReport(client, 0, over, 2);
    expect(decidePending(client, 0, 'A', someFacts())).toBeNull();
  });

  it('expires while it waits', () => {
    const client = holding('long');
    evolveClient(client, decideSignal(client, 0, aSignal(-1, { expiresAt: 5 }), someFacts()));
    applyPositionReport(client, 0, over, 2);
    const event = decidePending(client, 0, 'A', someFacts({ at: 6 }))!;
    expect(event).toMatchObject({ type: 'signal_ignored', reason: 'EXPIRED' });
    evolveClient(client, event);
    expect(targetOf(client).pending).toBeNull();
  });

  it('keeps only the last of several signals', () => {
    const client = reversed();
    evolveClient(client, decideSignal(client, 0, aSignal(1, { id: 'back', time: 3 }), someFacts()));
    applyPositionReport(client, 0, over, 2);
    expect(decidePending(client, 0, 'A', someFacts())).toMatchObject({
      intent: { side: 'LONG', intentId: 'back' },
    });
  });
});

describe('a signal right after a leg has filled', () => {
  it('enters once the sibling is canceled', () => {
    const channel = given();
    const desk = new DeskHarness(channel);
    desk.signal('A', 1);
    channel.when(settles, fills('A-1', 't'));
    desk.signal('A', 1);
    channel.when(settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'take_profit' });
    expect(channel.position('A-2')).toMatchObject({ status: 'open', openQty: 10 });
    expect(desk.reserved()).toMatchObject({ exposure: 10, long: 10, closing: 0 });
  });
});

describe('routing', () => {
  it.each([
    [10, 1n, 2n, 5],
    [10, 1n, 3n, 3],
    [10, 2n, 3n, 6],
    [1, 1n, 2n, null],
    [10, 0n, 2n, null],
  ])('takes of %d lots %s of %s: %s', (quantity, part, whole, expected) => {
    const client = aClient();
    addTarget(client, 0, 'R', someParams(), { part, whole });
    const event = decideSignal(client, 0, aSignal(1, { strategyId: 'R', quantity }), someFacts());
    if (expected === null) expect(event).toMatchObject({ type: 'entry_denied', code: 'QUANTITY_ZERO' });
    else expect(event).toMatchObject({ intent: { quantity: expected } });
  });
});
