import {
  alertsResponseSchema,
  ANALYTICS_ROUTE,
  channelsResponseSchema,
  denialsResponseSchema,
  InputError,
  type ChannelsResponse,
  type LiveItem,
  type PositionsResponse,
} from '@bowline/contracts';
import { plainTable } from '@bowline/report';
import type { CommandContext } from '../cli/context.js';
import { UsageError } from '../cli/exit.js';
import type { Terminal } from '../cli/terminal.js';
import { DeskClient } from '../desk-client/desk-client.js';
import { listText, POSITIONS, timeText } from '../desk-client/lists.js';
import { collect } from '../desk-client/pages.js';
import { paintFor, type Paint } from '../desk-client/paint.js';
import { until } from '../desk-client/until.js';
import type { AdoptOptions } from './adopt.command.js';
import { sendControl } from './control.run.js';
import { channelTable } from './status.run.js';

type Position = PositionsResponse['items'][number];

/** What is known of a channel when somebody wants to adopt. */
interface Evidence {
  readonly channel: ChannelsResponse['items'][number];
  /** The newest first. */
  readonly byHand: readonly LiveItem<'alerts'>[];
  readonly positions: readonly Position[];
}

/** Trades by hand that are shown. */
const NEWEST = 10;

export async function runAdopt(options: AdoptOptions, { signal, terminal }: CommandContext): Promise<void> {
  const desk = await DeskClient.at(options.url, signal);
  const does = options.yes === true && options.dryRun !== true;
  const evidence = await evidenceOf(desk, options);
  if (options.json !== true) {
    terminal.out(evidenceText(evidence, options, paintFor(terminal.color)));
    warn(evidence, options, terminal);
  } else if (!does) terminal.out(`${JSON.stringify(evidence)}\n`);
  if (!does) {
    if (options.dryRun === true) return;
    throw new UsageError('nothing was adopted; to do it, say --yes');
  }
  const positions = await adopt(desk, options, signal);
  terminal.out(
    options.json === true
      ? `${JSON.stringify({ items: positions })}\n`
      : `\nadopted\n\n${listText(POSITIONS, positions, paintFor(terminal.color))}\n`,
  );
}

/** Sends the command, and waits for what the channel makes of it: the strategy's positions. */
async function adopt(
  desk: DeskClient,
  options: AdoptOptions,
  signal: AbortSignal,
): Promise<readonly Position[]> {
  const { client, exchange, price, quantity, side, stopLoss, strategy, symbol, takeProfit, wait } = options;
  const before = quantitiesOf(await positionsOf(desk, options, strategy));
  const said = { type: 'adopt', side, quantity, price, takeProfit, stopLoss } as const;
  const { addressed } = await sendControl(desk, said, options);
  const ids = addressed.map(({ id }) => id);
  const query = { client, exchange, symbol, strategy };
  const outcome = await until(
    async () => {
      const { path } = ANALYTICS_ROUTE.denials;
      const { items } = await desk.get(path, denialsResponseSchema, query);
      const denial = items.find(({ id }) => ids.includes(id));
      if (denial !== undefined) throw new InputError([`refused, ${denial.code}: ${denial.text}`]);
      const positions = await positionsOf(desk, options, strategy);
      return quantitiesOf(positions) === before ? null : positions;
    },
    wait,
    signal,
  );
  if (outcome !== null) return outcome;
  throw new InputError([
    `the channel has not answered within ${wait} s, and may adopt it still: look at bowline positions before you try again`,
  ]);
}

async function evidenceOf(desk: DeskClient, options: AdoptOptions): Promise<Evidence> {
  const { client, exchange, symbol } = options;
  const query = { client, exchange, symbol };
  const { items } = await desk.get(ANALYTICS_ROUTE.channels.path, channelsResponseSchema, query);
  const [channel] = items;
  if (channel === undefined) {
    throw new InputError([`there is no channel ${client}.${exchange}.${symbol}: see bowline channels`]);
  }
  const { path } = ANALYTICS_ROUTE.alerts;
  const isByHand = ({ code }: LiveItem<'alerts'>): boolean => code === 'EXTERNAL_TRADE';
  const { items: byHand } = await collect(desk, path, alertsResponseSchema, query, Infinity, isByHand);
  return { channel, byHand: byHand.slice(0, NEWEST), positions: await positionsOf(desk, options) };
}

async function positionsOf(
  desk: DeskClient,
  { client, exchange, symbol }: AdoptOptions,
  strategy?: string,
): Promise<readonly Position[]> {
  const { current, path, schema } = POSITIONS;
  const query = { client, exchange, symbol, strategy };
  return (await collect(desk, path, schema, query, Infinity, current)).items;
}

function quantitiesOf(positions: readonly Position[]): string {
  return JSON.stringify(
    positions.map(({ openQuantity, strategyPositionId }) => [strategyPositionId, openQuantity]),
  );
}

function evidenceText({ byHand, channel, positions }: Evidence, options: AdoptOptions, paint: Paint): string {
  const { price, quantity, side, stopLoss, strategy, takeProfit } = options;
  const trades = byHand.map(({ quantity: traded, time }) => [timeText(time), traded ?? '–']);
  const sections = [
    channelTable({ items: [channel] }, paint),
    listText(POSITIONS, positions, paint),
    byHand.length === 0
      ? 'no trade by hand is known'
      : plainTable(
          [
            { head: 'Traded by hand', align: 'left' },
            { head: 'Quantity', align: 'right' },
          ],
          trades,
          paint.dim,
        ),
    `EXTERNAL has ${channel.external}; ${strategy} would get ${side} ${quantity} at ${price}, ` +
      `take profit ${takeProfit ?? 'none'}, stop loss ${stopLoss ?? 'none'}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

/** What the figures that were typed would lead to, where that may not have been meant. */
function warn({ channel, positions }: Evidence, options: AdoptOptions, terminal: Terminal): void {
  const { quantity, side, stopLoss, strategy, takeProfit } = options;
  const sign = side === 'LONG' ? 1 : -1;
  const isNew = positions.every(({ strategyId }) => strategyId !== strategy);
  if (Number(channel.external) * sign < Number(quantity)) {
    terminal.warn(`EXTERNAL does not have ${side} ${quantity}: this will be refused`);
  }
  if (channel.frozen)
    terminal.warn('the shares do not add up to what the exchange says: this will be refused');
  if (isNew && stopLoss === undefined) terminal.warn('without a stop loss nothing protects it');
  if (channel.markPrice === null) return;
  const ahead = (text: string | undefined): number =>
    text === undefined ? 0 : (Number(text) - Number(channel.markPrice)) * sign;
  if (ahead(stopLoss) > 0 || ahead(takeProfit) < 0) {
    terminal.warn(`the price is ${channel.markPrice}, beyond a leg already: it will be closed at once`);
  }
}
