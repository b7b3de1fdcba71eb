import { ANALYTICS_ROUTE, channelsResponseSchema, InputError } from '@bowline/contracts';
import { layOut } from '@bowline/engine';
import { plainTable, type Column } from '@bowline/report';
import type { CommandContext } from '../cli/context.js';
import { DeskClient } from '../desk-client/desk-client.js';
import { paintFor, type Paint } from '../desk-client/paint.js';
import { readConfig } from '../desk/read-config.js';
import { accountKeys } from '../exchanges/account-keys.js';
import type { CheckedAccount, Found } from '../exchanges/checked-account.js';
import { bookDifferences, type BookDifference } from '../exchanges/book-differences.js';
import { clientAt, openAdapter } from '../exchanges/open-adapter.js';
import { mockMarkets } from '../live/mock-markets.js';
import type { ExchangeCheckOptions } from './exchange.command.js';

export async function runExchangeCheck(
  options: ExchangeCheckOptions,
  context: CommandContext,
): Promise<void> {
  const { client: clientId, env, exchange, json, url } = options;
  const { config } = await readConfig(options.config, env);
  const client = clientAt(config, clientId, exchange);
  const adapter = await openAdapter(config, exchange);
  const layout = layOut(config.clients, mockMarkets(config)).accounts.find(
    (each) => each.client.clientId === clientId && each.account.exchange === exchange,
  )!;
  const found = await adapter.check(layout, accountKeys(client, layout.account));
  const differences = url === undefined ? null : await differencesAt(url, options, found, context.signal);
  const problems = problemsOf(found, differences ?? []);
  if (json === true) context.terminal.out(`${JSON.stringify({ ...found, differences, problems })}\n`);
  else context.terminal.out(textOf(found, differences, paintFor(context.terminal.color)));
  if (problems.length > 0)
    throw new InputError(problems.map((each) => `${clientId} at ${exchange}: ${each}`));
}

/** What the books of a running desk say otherwise than the exchange. */
async function differencesAt(
  url: string,
  { client, exchange }: ExchangeCheckOptions,
  { positions }: CheckedAccount,
  signal: AbortSignal,
): Promise<readonly BookDifference[]> {
  const desk = await DeskClient.at(url, signal);
  const query = { client, exchange };
  const { items } = await desk.get(ANALYTICS_ROUTE.channels.path, channelsResponseSchema, query);
  return positions.ok ? bookDifferences(items, positions.value) : [];
}

function problemsOf(found: CheckedAccount, differences: readonly BookDifference[]): string[] {
  const { balances, clockOffsetMs, limits, openOrders, positionMode, positions } = found;
  const asked: readonly Found<unknown>[] = [
    clockOffsetMs,
    limits,
    balances,
    positionMode,
    openOrders,
    positions,
  ];
  const unanswered = asked.flatMap((each) => (each.ok ? [] : [each.problem]));
  return [
    ...new Set(unanswered),
    ...differences.map(
      ({ atExchange, inBooks, symbol }) =>
        `${symbol} is ${atExchange} at the exchange, and ${inBooks} in the books`,
    ),
  ];
}

function textOf(found: CheckedAccount, differences: readonly BookDifference[] | null, paint: Paint): string {
  const { balances, clockOffsetMs, limits, openOrders, positionMode, positions, warnings } = found;
  const line = <T>(name: string, part: Found<T>, text: (value: T) => string): string =>
    `${part.ok ? paint.good('ok  ') : paint.bad('FAIL')} ${name.padEnd(14)} ${part.ok ? text(part.value) : part.problem}`;
  const lines = [
    line('clock', clockOffsetMs, (ms) => `the exchange is ${Math.abs(ms)} ms ${ms < 0 ? 'behind' : 'ahead'}`),
    line('limits', limits, (all) => all.map(({ limit, name }) => `${limit} ${name}`).join(', ')),
    line('balances', balances, (all) => {
      const texts = Object.entries(all).map(([asset, amount]) => `${amount} ${asset}`);
      return texts.join(', ') || 'nothing';
    }),
    line('position mode', positionMode, (mode) => mode),
    line('open orders', openOrders, (all) => String(all.length)),
    line('positions', positions, (all) => String(all.length)),
    ...(differences === null
      ? []
      : [
          differences.length === 0
            ? `${paint.good('ok  ')} ${'books'.padEnd(14)} the desk says the same`
            : `${paint.bad('FAIL')} ${'books'.padEnd(14)} ${differences.length} differ`,
        ]),
    ...warnings.map((warning) => `${paint.bad('WARN')} ${warning}`),
  ];
  return `${[...lines, ...tables(found, paint)].join('\n')}\n`;
}

const left = (head: string): Column => ({ head, align: 'left' });
const right = (head: string): Column => ({ head, align: 'right' });
const POSITION_COLUMNS = [left('symbol'), left('side'), right('quantity'), right('entry price')];
const ORDER_COLUMNS = [
  ...[left('symbol'), left('clientOrderId'), left('side'), left('where')],
  ...[right('quantity'), right('filled'), right('price')],
];

function tables({ openOrders, positions }: CheckedAccount, { dim }: Paint): string[] {
  const texts: string[] = [];
  if (positions.ok && positions.value.length > 0) {
    const rows = positions.value.map(({ entryPrice, positionSide, quantity, symbol }) => [
      ...[symbol, positionSide, quantity, entryPrice],
    ]);
    texts.push('', plainTable(POSITION_COLUMNS, rows, dim));
  }
  if (openOrders.ok && openOrders.value.length > 0) {
    const rows = openOrders.value.map(
      ({ clientOrderId, conditional, cumQty, orderQty, price, side, symbol }) => [
        ...[symbol, clientOrderId, side, conditional ? 'conditional' : 'in the book'],
        ...[orderQty, cumQty, price],
      ],
    );
    texts.push('', plainTable(ORDER_COLUMNS, rows, dim));
  }
  return texts;
}
