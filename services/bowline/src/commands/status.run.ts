import { ANALYTICS_ROUTE, channelsResponseSchema, statusSchema } from '@bowline/contracts';
import type { ChannelsResponse, StatusResponse } from '@bowline/contracts';
import { plainTable } from '@bowline/report';
import type { CommandContext } from '../cli/context.js';
import { DeskClient } from '../desk-client/desk-client.js';
import { pnl, timeText } from '../desk-client/lists.js';
import { paintFor, type Paint } from '../desk-client/paint.js';
import type { StatusOptions } from './status.command.js';
import { show } from './watch.js';

export async function runStatus(options: StatusOptions, context: CommandContext): Promise<void> {
  const client = await DeskClient.at(options.url, context.signal);
  const paint = paintFor(context.terminal.color);
  const text = async (): Promise<string> => {
    const status = await client.get('/v1/status', statusSchema);
    // Only a process that runs analytics knows of channels.
    const channels = status.roles.includes('analytics')
      ? await client.get(ANALYTICS_ROUTE.channels.path, channelsResponseSchema)
      : null;
    if (options.json === true) {
      return `${JSON.stringify({ ...status, ...(channels === null ? {} : { channels: channels.items }) })}\n`;
    }
    return statusText(client.url, status, channels, paint);
  };
  await show(text, options, context);
}

function statusText(
  url: string,
  status: StatusResponse,
  channels: ChannelsResponse | null,
  paint: Paint,
): string {
  const sections = [
    headline(url, status, paint),
    channels === null ? '' : channelTable(channels, paint),
    halts(status, paint),
    quarantines(status, paint),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function headline(url: string, status: StatusResponse, paint: Paint): string {
  const { clients, deskTime, mode, roles, seed, speed, startedAt, version } = status;
  const pace = speed === null ? '' : `, ${speed} times as fast as ours`;
  return [
    `${paint.bold(`${mode} desk`)} at ${url}, version ${version}, running since ${timeText(startedAt)} UTC`,
    `its time is ${timeText(deskTime)} UTC${pace}${seed === null ? '' : `, seed ${seed}`}`,
    `roles ${roles.join(', ')}`,
    `clients ${clients.join(', ')}`,
  ].join('\n');
}

/** The channels of a desk: state, and the sum of the shares beside what the exchange says. */
export function channelTable({ items }: Pick<ChannelsResponse, 'items'>, paint: Paint): string {
  if (items.length === 0) return 'there is no channel';
  const rows = items.map((channel) => [
    `${channel.clientId}.${channel.exchange}.${channel.symbol}`,
    channel.tradingState === 'ACTIVE' ? channel.tradingState : paint.bad(channel.tradingState),
    String(channel.openPositions),
    channel.sumOfShares,
    channel.exchangeQuantity ?? '–',
    agreement(channel, paint),
    pnl(channel.unrealizedPnl, paint),
  ]);
  return plainTable(
    [
      { head: 'Channel', align: 'left', max: 40 },
      { head: 'State', align: 'left' },
      { head: 'Positions', align: 'right' },
      { head: 'Sum of shares', align: 'right' },
      { head: 'Exchange', align: 'right' },
      { head: '', align: 'left' },
      { head: 'Unrealized', align: 'right' },
    ],
    rows,
    paint.dim,
  );
}

/** As compared last, when nothing was on its way: the figures beside it may be younger. */
function agreement(channel: ChannelsResponse['items'][number], paint: Paint): string {
  if (channel.exchangeQuantity === null) return '';
  return /^-?0+$/.test(channel.difference) ? paint.good('equal') : paint.bad('DIFFERENT');
}

function halts({ halts: all }: StatusResponse, paint: Paint): string {
  if (all === null) return paint.dim('who has halted what is known to the processes of the order-generators');
  if (all.length === 0) return 'nothing is halted';
  return plainTable(
    [
      { head: 'Halted', align: 'left' },
      { head: 'Client', align: 'left', max: 20 },
      { head: 'Of it', align: 'left', max: 50 },
      { head: 'By', align: 'left', max: 16 },
      { head: 'Since', align: 'left' },
      { head: 'Reason', align: 'left', max: 60 },
    ],
    all.map(({ at, by, client, reason, scope, state }) => [
      paint.bad(state),
      client,
      [scope.exchange, scope.symbol, scope.strategyId].filter((part) => part !== null).join(' ') ||
        'everything',
      by,
      timeText(at),
      reason,
    ]),
    paint.dim,
  );
}

function quarantines({ quarantines: all }: StatusResponse, paint: Paint): string {
  if (all.length === 0) return 'nothing is stuck in this process';
  return plainTable(
    [
      { head: 'Stuck', align: 'left', max: 50 },
      { head: 'Key', align: 'left', max: 40 },
      { head: 'Since', align: 'left' },
      { head: 'Error', align: 'left', max: 80 },
    ],
    all.map(({ at, error, key, shard }) => [paint.bad(shard), key, timeText(at), error]),
    paint.dim,
  );
}
