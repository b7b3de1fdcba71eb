import type { ChannelsResponse, Statistics, StatisticsResponse } from '@bowline/contracts';
import { moneyText, numberText, percentText, plainTable, pnlText } from '@bowline/report';
import { pnl, timeText } from '../desk-client/lists.js';
import type { Paint } from '../desk-client/paint.js';
import type { MockRun } from './mock-run.js';

/** Where a desk stands: a headline, its channels, its clients, its strategies, and what was denied. */
export function deskTables({ analytics, checks, clock, desk }: MockRun, paint: Paint): string {
  if (analytics === null) return `${timeText(new Date(clock.now()).toISOString())} UTC`;
  const { answers } = analytics;
  const channels = answers.channels({});
  const statistics = answers.statistics({});
  const pairs = answers.pairs({ status: 'active', limit: '1000' }).items.length;
  const halted = desk.generators?.runners.some(({ state }) => state.scopes.length > 0) === true;
  return [
    headline(clock.now(), statistics.overall, pairs, halted, paint),
    channelTable(channels, checks, paint),
    statisticsTable(
      'Client',
      statistics.byClient.map((each) => [each.clientId, each] as const),
      paint,
    ),
    statisticsTable(
      'Strategy',
      statistics.byStrategy.map((each) => [each.strategyId, each] as const),
      paint,
    ),
    denials(statistics, paint),
    shares(checks, paint),
  ]
    .filter((section) => section !== '')
    .join('\n\n');
}

function headline(now: number, overall: Statistics, pairs: number, halted: boolean, paint: Paint): string {
  const { openPnl, netPnl, openPositions, stopLosses, takeProfits, trades } = overall;
  return [
    paint.bold(`${timeText(new Date(now).toISOString())} UTC`) +
      (halted ? `  ${paint.bad('something is halted')}` : ''),
    [
      `${trades} trades`,
      `${openPositions} open positions`,
      `${pairs} OCO pairs in force`,
      `${takeProfits} take-profits, ${stopLosses} stop-losses`,
      `net ${pnl(netPnl, paint)}`,
      `open ${pnl(openPnl, paint)}`,
    ].join(paint.dim(' · ')),
  ].join('\n');
}

function channelTable({ items }: ChannelsResponse, checks: MockRun['checks'], paint: Paint): string {
  const held = new Map(checks?.now().map((each) => [each.channel, each]));
  return plainTable(
    [
      { head: 'Channel', align: 'left', max: 34 },
      { head: 'State', align: 'left' },
      { head: 'Mark', align: 'right' },
      { head: 'Strategy positions', align: 'right' },
      { head: 'Sum of shares', align: 'right' },
      { head: 'Exchange', align: 'right' },
      { head: 'Unrealized', align: 'right' },
    ],
    items.map((channel) => [
      keyOf(channel),
      channel.tradingState === 'ACTIVE' ? channel.tradingState : paint.bad(channel.tradingState),
      channel.markPrice ?? '–',
      String(channel.openPositions),
      held.get(keyOf(channel))?.sumOfShares ?? channel.sumOfShares,
      held.get(keyOf(channel))?.exchangeQty ?? channel.exchangeQuantity ?? '–',
      pnl(channel.unrealizedPnl, paint),
    ]),
    paint.dim,
  );
}

function keyOf({ clientId, exchange, symbol }: ChannelsResponse['items'][number]): string {
  return `${clientId}.${exchange}.${symbol}`;
}

function statisticsTable(
  head: string,
  rows: readonly (readonly [string, Statistics])[],
  paint: Paint,
): string {
  if (rows.length === 0) return '';
  return plainTable(
    [
      { head, align: 'left', max: 20 },
      { head: 'Trades', align: 'right' },
      { head: 'Open', align: 'right' },
      { head: 'TP', align: 'right' },
      { head: 'SL', align: 'right' },
      { head: 'TP rate', align: 'right' },
      { head: 'Win rate', align: 'right' },
      { head: 'Realized', align: 'right' },
      { head: 'Fees', align: 'right' },
      { head: 'Net P&L', align: 'right' },
      { head: 'Open P&L', align: 'right' },
    ],
    rows.map(([name, each]) => [
      name,
      String(each.trades),
      String(each.openPositions),
      String(each.takeProfits),
      String(each.stopLosses),
      percentText(each.takeProfitHitRate),
      percentText(each.winRate),
      pnlText(each.realizedPnl),
      moneyText(each.fees),
      pnl(each.netPnl, paint),
      pnl(each.openPnl, paint),
    ]),
    paint.dim,
  );
}

function denials({ denials: denied }: StatisticsResponse, paint: Paint): string {
  const codes = Object.entries(denied);
  if (codes.length === 0) return paint.dim('nothing was denied');
  return `Denied: ${codes.map(([code, times]) => `${code} ${times}`).join(', ')}`;
}

function shares(checks: MockRun['checks'], paint: Paint): string {
  if (checks === null) return '';
  const { checked, violated } = checks;
  const said = violated === 0 ? paint.good('always equal') : paint.bad(`${violated} times different`);
  return `Sum of shares = exchange position: ${said}, ${numberText(checked, 0)} checks`;
}
