import { describe, expect, it } from '@jest/globals';
import { anInstrument, BTCUSDT, WHOLE } from '@bowline/testkit';
import fc from 'fast-check';
import { cash, decimal } from '../primitives/index.js';
import type { Sizing } from '../signal/index.js';
import { sizeEntry, type SizingFacts } from './index.js';

const PRICE = 4_500_000;
const facts = (changes: Partial<SizingFacts> = {}): SizingFacts => ({
  instrument: BTCUSDT,
  price: PRICE,
  balance: cash(10_000),
  stopPrice: null,
  ...changes,
});
const fixedQuantity = (quantity: string): Sizing => ({ kind: 'fixedQuantity', quantity: decimal(quantity) });
const fixedNotional = (notional: string): Sizing => ({ kind: 'fixedNotional', notional: cash(notional) });
const percentOfBalance = (percent: string): Sizing => ({
  kind: 'percentOfBalance',
  percent: decimal(percent),
});
const riskPerTrade = (percent: string): Sizing => ({ kind: 'riskPerTrade', percent: decimal(percent) });

describe('the quantity of an entry', () => {
  it.each<[string, Sizing, Partial<SizingFacts>, number | string]>([
    ['a fixed quantity', fixedQuantity('0.003'), {}, 3],
    ['a fixed quantity, down to the lot', fixedQuantity('0.0039999'), {}, 3],
    ['a fixed quantity below a lot', fixedQuantity('0.0009'), {}, 0],
    ['a fixed quantity needs no balance', fixedQuantity('0.003'), { balance: null }, 3],
    ['a fixed quantity beyond counting', fixedQuantity('1e20'), {}, 'QUANTITY_TOO_LARGE'],
    ['a fixed notional', fixedNotional('90'), {}, 2],
    ['a fixed notional, a hair below a lot', fixedNotional('134.999999999999999999'), {}, 2],
    ['a fixed notional below a lot', fixedNotional('44.99'), {}, 0],
    ['a fixed notional needs no balance', fixedNotional('90'), { balance: null }, 2],
    ['a fixed notional of nothing', fixedNotional('0'), {}, 0],
    ['a fixed notional beyond counting', fixedNotional('1e25'), { price: 1 }, 'QUANTITY_TOO_LARGE'],
    ['a percentage of the balance', percentOfBalance('4.5'), {}, 10],
    ['all of it', percentOfBalance('100'), {}, 222],
    ['more than all of it', percentOfBalance('250'), {}, 555],
    ['a fraction of a percent', percentOfBalance('0.45'), {}, 1],
    ['a percentage of an unknown balance', percentOfBalance('1'), { balance: null }, 'NO_BALANCE'],
    ['a percentage of a lost balance', percentOfBalance('1'), { balance: cash(-5) }, 0],
    // 2 % of 10,000 is 200; the stop is 2,000 away: 0.1.
    ['a risk per trade', riskPerTrade('2'), { stopPrice: 4_300_000 }, 100],
    ['a risk per trade, short', riskPerTrade('2'), { stopPrice: 4_700_000 }, 100],
    ['a risk per trade, down to the lot', riskPerTrade('2'), { stopPrice: 4_200_001 }, 66],
    [
      'a risk per trade with an unknown balance',
      riskPerTrade('2'),
      { balance: null, stopPrice: 1 },
      'NO_BALANCE',
    ],
    ['a risk per trade without a stop', riskPerTrade('2'), {}, 'STOP_REQUIRED'],
    ['a risk per trade with the stop at the entry', riskPerTrade('2'), { stopPrice: PRICE }, 'STOP_REQUIRED'],
    ['a risk per trade with nothing left', riskPerTrade('2'), { balance: 0n, stopPrice: 1 }, 0],
  ])('%s', (_name, sizing, changes, expected) => {
    expect(sizeEntry(sizing, facts(changes))).toBe(expected);
  });

  it('counts the contract multiplier', () => {
    const contract = anInstrument({ multiplier: '0.01', lotSize: '1' });
    expect(sizeEntry(fixedNotional('4500'), facts({ instrument: contract }))).toBe(10);
  });

  it('is the largest number of lots that the amount pays for, exactly', () => {
    const amounts = fc.bigInt({ min: 1n, max: 10n ** 26n });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 100_000_000 }), (notional, price) => {
        for (const instrument of [BTCUSDT, WHOLE]) {
          const lots = sizeEntry({ kind: 'fixedNotional', notional }, facts({ instrument, price })) as number;
          const unit = BigInt(price) * instrument.tickLotCash;
          expect(BigInt(lots) * unit <= notional && BigInt(lots + 1) * unit > notional).toBe(true);
        }
      }),
    );
  });

  it('never risks more than the percentage, and one lot more would', () => {
    const distances = fc.integer({ min: 1, max: 400_000 });
    fc.assert(
      fc.property(
        distances,
        fc.integer({ min: 1, max: 10_000 }),
        fc.boolean(),
        (distance, hundredths, above) => {
          const percent = { units: BigInt(hundredths), scale: 2 };
          const stopPrice = above ? PRICE + distance : PRICE - distance;
          const lots = sizeEntry({ kind: 'riskPerTrade', percent }, facts({ stopPrice })) as number;
          const risk = (quantity: number) =>
            BigInt(quantity) * BigInt(distance) * BTCUSDT.tickLotCash * 10_000n;
          const allowed = cash(10_000) * BigInt(hundredths);
          expect(risk(lots) <= allowed && risk(lots + 1) > allowed).toBe(true);
        },
      ),
    );
  });
});
