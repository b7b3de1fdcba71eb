import { cashValue, priceText, quantityText } from '../instrument/index.js';
import { formatCash, formatUnits, tickLots, type Cash, type Decimal } from '../primitives/index.js';
import { DENIAL_CODES, type DenialCode } from '../risk/denial.js';
import type { ProposedEntry } from '../risk/entry-checks.js';
import { accountBalance, type ClientState } from './client-state.js';
import type { ClientEvent } from './decide-signal.js';

/** Why an entry was denied, in a sentence with the figures: what was asked, and the limit that it met. */
export function denialText(
  state: ClientState,
  denial: Extract<ClientEvent, { type: 'entry_denied' }>,
): string {
  const { code, entry } = denial;
  const figures = entry === null ? null : figuresOf(state, denial, entry);
  return figures === null ? DENIAL_CODES[code] : `${DENIAL_CODES[code]}: ${figures}`;
}

function figuresOf(
  state: ClientState,
  {
    channel,
    code,
    signal,
  }: { readonly channel: number; readonly code: DenialCode; readonly signal: { strategyId: string } },
  entry: ProposedEntry,
): string | null {
  const { instrument, price, quantity } = entry;
  const book = state.channels[channel]!;
  const { losses, openQty, params, workingQty } = book.targets.get(signal.strategyId)!;
  const held = openQty + workingQty + quantity;
  const value = `${money(cashValue(instrument, tickLots(price, quantity)))} ${instrument.quote}`;
  const own = params.limits;
  const { limits } = state;
  switch (code) {
    case 'BELOW_MIN_NOTIONAL':
      return `${value}, minimum ${money(instrument.minNotionalCash)}`;
    case 'MAX_ORDER_QUANTITY':
      return `${quantityText(instrument, quantity)}, limit ${text(own.maxOrderQuantity)}`;
    case 'MAX_ORDER_VALUE':
      return `${value}, limit ${money(own.maxOrderValue!)}`;
    case 'MAX_POSITION_SIZE':
      return `${quantityText(instrument, held)}, limit ${text(own.maxPositionSize)}`;
    case 'MAX_POSITION_NOTIONAL':
      return `${money(cashValue(instrument, tickLots(price, held)))} ${instrument.quote}, limit ${money(own.maxPositionNotional!)}`;
    case 'MAX_SLIPPAGE':
      return `${priceText(instrument, entry.expectedPrice!)} against ${priceText(instrument, entry.referencePrice)}, limit ${text(params.maxSlippageBps)} bps`;
    case 'CONSECUTIVE_LOSSES':
      return `${losses.inARow}, limit ${own.maxConsecutiveLosses!}`;
    case 'MAX_LEVERAGE':
      return `an order of ${value}, limit ${text(limits.maxLeverage)} x balance ${money(accountBalance(book.account)!)}`;
    case 'MAX_GROSS_EXPOSURE':
      return `an order of ${value}, limit ${money(limits.maxGrossExposure!)}`;
    case 'MAX_NET_EXPOSURE':
      return `an order of ${value}, limit ${money(limits.maxNetExposure!)}`;
    case 'DAILY_LOSS':
      return `${money(-state.dayNetPnl)}, limit ${money(limits.maxDailyLoss!)}`;
    case 'DRAWDOWN':
      return `${money(state.peakNetPnl - state.netPnl)} below the peak, limit ${text(limits.maxDrawdownPct)} %`;
    default:
      return null;
  }
}

/** Amounts to the cent are enough to see by how much a limit was met. */
function money(amount: Cash): string {
  const cents = 10n ** 16n;
  const rounded = amount % cents === 0n ? amount : (amount / cents) * cents;
  return formatCash(rounded);
}

function text(value: Decimal | null): string {
  return value === null ? '-' : formatUnits(value.units, value.scale);
}
