import { formatCash, type StrategyParams } from '@bowline/domain';
import { compareDecimals } from './schema/fields.js';
import type { ClientConfig, DeskConfig } from './desk.js';
import { didYouMean } from './suggest.js';

type Desk = Omit<DeskConfig, 'warnings'>;

/**
 * What is legal but worth saying, one sentence each. `unsized` names the clients of which some strategy runs
 * without any sizing in the file.
 */
export function deskWarnings(desk: Desk, unsized: ReadonlySet<string>): string[] {
  return [
    ...desk.clients.flatMap((client) => clientWarnings(client, desk, unsized)),
    ...instrumentWarnings(desk),
  ];
}

function clientWarnings(client: ClientConfig, desk: Desk, unsized: ReadonlySet<string>): string[] {
  const { clientId, limits, accounts } = client;
  const warnings: string[] = [];
  const runs = client.strategies ? [...client.strategies] : [[null, client.defaults] as const];
  if (unsized.has(clientId)) {
    const sized = runs.find(([, params]) => params.sizing.kind === 'fixedNotional')?.[1] ?? client.defaults;
    const notional = sized.sizing.kind === 'fixedNotional' ? formatCash(sized.sizing.notional) : '';
    warnings.push(
      `clients.${clientId}: no sizing is set, so every entry is worth ${notional} of the quote currency; set orderParams.sizing`,
    );
  }
  const unknown = accounts
    .filter(({ accountBalance }) => accountBalance === null)
    .map(({ exchange }) => exchange);
  if (limits.maxLeverage !== null && unknown.length > 0) {
    warnings.push(
      `clients.${clientId}: maxLeverage cannot be checked without accountBalance (${unknown.join(', ')})`,
    );
  }
  for (const [strategyId, params] of runs) {
    const name = strategyId === null ? `clients.${clientId}` : `clients.${clientId}.strategies.${strategyId}`;
    warnings.push(...paramWarnings(params, desk).map((warning) => `${name}: ${warning}`));
  }
  return warnings;
}

function paramWarnings(params: StrategyParams, desk: Desk): string[] {
  const warnings: string[] = [];
  const { sizing, stopLoss, trailingStop, orderType, limitOffsetBps, maxSlippageBps } = params;
  if (sizing.kind === 'riskPerTrade' && stopLoss === null && trailingStop === null) {
    warnings.push(
      'riskPerTrade sizes by the stop, and no stop is set: only signals that bring a stopLoss become orders',
    );
  }
  if (orderType === 'market' && limitOffsetBps.units !== 0n) {
    warnings.push('limitOffsetBps has no effect on market orders; set defaultOrderType: limit');
  }
  const slips = maxSlippageBps !== null && compareDecimals(desk.execution.slippageBps, maxSlippageBps) > 0;
  if (orderType === 'market' && slips) {
    warnings.push('execution.slippageBps is above maxSlippageBps, so every market entry is denied');
  }
  return warnings;
}

/** An instrument of an exchange that nobody uses is most often a slip in its name. */
function instrumentWarnings(desk: Desk): string[] {
  const used = [...new Set(desk.clients.flatMap(({ accounts }) => accounts.map(({ exchange }) => exchange)))];
  const idle = new Set(
    desk.instruments.flatMap(({ exchange }) =>
      exchange === null || used.includes(exchange) ? [] : [exchange],
    ),
  );
  return [...idle].map((exchange) => {
    const near = didYouMean(exchange, used);
    return `instruments.${exchange}: no client has this exchange${near === null ? '' : `; did you mean ${near}?`}`;
  });
}
