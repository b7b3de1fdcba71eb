import { cash, tickLots, type Cash } from '@bowline/domain';
import type { Account, Wallet } from './account.js';
import type { Position } from './position.js';

/** What a position of some size needs to be kept, from a notional on. */
export interface MarginBracket {
  /** Value of the position from which it applies, in the settlement currency. */
  readonly notionalFloor: Cash;
  /** Share of the value that has to remain, in hundredths of a percent. */
  readonly maintenanceBps: number;
  /** The highest leverage that a position of this size may have. */
  readonly maxLeverage: number;
}

/** When an exchange closes a position by force, and what it takes for it. */
export interface LiquidationRules {
  /** Ascending by notionalFloor, the first from 0. */
  readonly brackets: readonly MarginBracket[];
  /** Of symbols that have brackets of their own. */
  readonly bracketsOf?: Readonly<Record<string, readonly MarginBracket[]>>;
  /** Of the value that is closed; it goes to the insurance fund. */
  readonly feeBps: number;
}

/** As Binance USD-M has them for BTCUSDT. */
export const USUAL_BRACKETS: readonly MarginBracket[] = [
  bracket(0, 40, 125),
  bracket(300_000, 50, 100),
  bracket(800_000, 65, 75),
  bracket(3_000_000, 100, 50),
  bracket(12_000_000, 200, 25),
  bracket(70_000_000, 250, 20),
  bracket(100_000_000, 500, 10),
  bracket(230_000_000, 1_000, 5),
  bracket(480_000_000, 1_250, 4),
  bracket(600_000_000, 1_500, 3),
  bracket(800_000_000, 2_500, 2),
  bracket(1_200_000_000, 5_000, 1),
];

/** As Binance USD-M has them for BTCUSDT: the clearance fee is 1.25 %. */
export const USUAL_LIQUIDATION: LiquidationRules = { brackets: USUAL_BRACKETS, feeBps: 125 };

const BPS = 10_000n;

/** A bracket with what is taken off, so that the margin does not jump where one bracket follows another. */
export interface CumulatedBracket extends MarginBracket {
  readonly cumulative: Cash;
}

/**
 * The brackets with their maintenance amounts: margin of a value = value x rate - amount (Binance: `cum`). Throws a
 * RangeError on brackets that do not begin at 0 and ascend.
 */
export function cumulated(brackets: readonly MarginBracket[]): readonly CumulatedBracket[] {
  const result: CumulatedBracket[] = [];
  for (const each of brackets) {
    const before = result[result.length - 1];
    const isFirst = before === undefined;
    if (isFirst ? each.notionalFloor !== 0n : each.notionalFloor <= before.notionalFloor)
      throw new RangeError('margin brackets begin at 0 and ascend by notionalFloor');
    const step = isFirst ? 0 : each.maintenanceBps - before.maintenanceBps;
    const cumulative = isFirst ? 0n : before.cumulative + (each.notionalFloor * BigInt(step)) / BPS;
    result.push({ ...each, cumulative });
  }
  if (result.length === 0) throw new RangeError('there must be a margin bracket');
  return result;
}

/** The margin that a position of this value needs, so as not to be closed by force. */
export function maintenanceMargin(brackets: readonly CumulatedBracket[], notional: Cash): Cash {
  let at = brackets.length - 1;
  while (at > 0 && brackets[at].notionalFloor > notional) at -= 1;
  const { cumulative, maintenanceBps } = brackets[at];
  return (notional * BigInt(maintenanceBps)) / BPS - cumulative;
}

/** Cash plus what closing every position of the wallet at its reference price would realize. */
export function equityOf(account: Account, wallet: Wallet): Cash {
  let sum = wallet.balance;
  for (const position of account.positions()) {
    const price = position.market.referencePrice();
    if (position.wallet === wallet && price !== null) sum += position.unrealizedAt(price);
  }
  return sum;
}

/** What a position is worth at its reference price; 0 where no price is known. */
export function notionalOf({ market, quantity }: Position): Cash {
  const price = market.referencePrice();
  return price === null ? 0n : tickLots(price, Math.abs(quantity)) * market.instrument.tickLotCash;
}

function bracket(notionalFloor: number, maintenanceBps: number, maxLeverage: number): MarginBracket {
  return { notionalFloor: cash(notionalFloor), maintenanceBps, maxLeverage };
}
