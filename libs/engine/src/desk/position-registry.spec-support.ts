import { samplesOf, type ControlMessage } from '@bowline/contracts';
import type { OwnershipEntry, Registry } from '@bowline/domain';
import type { PositionIdExchange } from '@bowline/exchange-simulator';
import { LiveDesk, type LiveDeskOptions } from '@bowline/testkit';

export const EXCHANGE = 'saxo';
export const CLIENT = 'odum';
export const SYMBOL = 'SPX';
export const SAID = { clientId: CLIENT, by: 'odi', reason: 'bought on my phone' };
/** Long enough for the log of orders, and for orders that go out one in two seconds. */
export const TOLD_MS = 20_000;
export const MINUTE_MS = 60_000;

type Bot = 'FLY' | 'MEIC';
const STOPS = { FLY: '5850', MEIC: '5900' } as const;

/** Two bots on one underlying, at an exchange that gives each position an id; nothing is merged unless said so. */
export async function twoBots(options: LiveDeskOptions = {}): Promise<LiveDesk> {
  const desk = await LiveDesk.open({
    clients: {
      [CLIENT]: {
        accounts: { [EXCHANGE]: {} },
        params: { fixedQuantity: '0.002' },
        strategies: { FLY: {}, MEIC: { fixedQuantity: '0.003' } },
      },
    },
    symbols: [`${EXCHANGE}:${SYMBOL}`],
    ...options,
    positionIds: { ...options.positionIds },
  });
  await at(desk, 5_950);
  return desk;
}

/** The market trades there. */
export async function at(desk: LiveDesk, price: number): Promise<void> {
  await desk.price(price, { symbol: SYMBOL, exchange: EXCHANGE, bid: price, ask: price + 0.1 });
}

/** A bot enters, or closes what it has. */
export async function signal(desk: LiveDesk, bot: Bot, sign: 1 | -1 | 0): Promise<void> {
  const far =
    sign === 1 ? { takeProfit: '6050', stopLoss: STOPS[bot] } : { takeProfit: '5850', stopLoss: '6050' };
  await desk.signal(bot, sign, { symbol: SYMBOL, ...(sign === 0 ? {} : far) });
}

/** Both are long, and the log of orders has said so: FLY 2 lots, MEIC 3. */
export async function bothLong(options: LiveDeskOptions = {}): Promise<LiveDesk> {
  const desk = await twoBots(options);
  await signal(desk, 'FLY', 1);
  await desk.pass(TOLD_MS);
  await signal(desk, 'MEIC', 1);
  await desk.pass(TOLD_MS);
  return desk;
}

export function exchangeOf({ fronts }: LiveDesk): PositionIdExchange {
  return fronts.get(EXCHANGE)!;
}

/** `5000001 2`: what the exchange has, oldest first. */
export function listed(desk: LiveDesk): string[] {
  return exchangeOf(desk)
    .positions(CLIENT, SYMBOL)
    .map(({ positionId, quantity }) => `${positionId} ${quantity}`);
}

export function registryOf(desk: LiveDesk): Registry {
  return desk.gateways.shards[0]!.runner.state.ownership.registry;
}

/** `FLY-1 2 in 1`: who owns how much, and in which of the exchange's positions it is, these counted from 1 by age. */
export function owned(desk: LiveDesk): string[] {
  const ids = exchangeOf(desk)
    .positions(CLIENT, SYMBOL)
    .map(({ positionId }) => positionId);
  const place = ({ heldIn }: OwnershipEntry): string =>
    ids.includes(heldIn) ? String(ids.indexOf(heldIn) + 1) : 'none';
  return [...registryOf(desk).entries.values()]
    .map((entry) => `${entry.strategyId} ${entry.quantity} in ${place(entry)}`)
    .sort();
}

export function channelOf(desk: LiveDesk) {
  return desk.manager(SYMBOL, EXCHANGE).state.channel;
}

/** Seconds after the desk was opened, for what takes its time there. */
export async function settled(desk: LiveDesk): Promise<void> {
  await desk.pass(TOLD_MS);
  await reconcile(desk);
}

/** What each strategy position holds, as its channel has booked it. */
export function shares(desk: LiveDesk): string[] {
  const { external, positions } = channelOf(desk);
  const held = [...positions.values()].map((position) => `${position.id} ${position.share.quantity}`);
  return external === 0 ? held : [...held, `EXTERNAL ${external}`];
}

/** How often the channel was found to differ from what the exchange says, by category. */
export function divergences(desk: LiveDesk): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { labels, series, value } of samplesOf(desk.manager(SYMBOL, EXCHANGE).state.tally)) {
    if (series !== 'tradeengine_position_reconciliation_divergences_total') continue;
    counts[(labels as Record<string, string>)['category']!] = value as number;
  }
  return counts;
}

export function alerts(desk: LiveDesk): string[] {
  return desk.audited.flatMap((entry) => (entry.type === 'alert' ? [`${entry.code} ${entry.quantity}`] : []));
}

/** Compares now, by command. */
export async function reconcile(desk: LiveDesk): Promise<void> {
  const scope = { exchange: EXCHANGE, symbol: SYMBOL, strategyId: null };
  const command: ControlMessage = { type: 'reconcile', ...SAID, scope };
  await desk.control(command);
  await desk.pass(1_000);
}
