import {
  ANALYTICS_ROUTE,
  channelsResponseSchema,
  InputError,
  type ChannelsResponse,
} from '@bowline/contracts';
import type { CommandContext } from '../cli/context.js';
import { DeskClient } from '../desk-client/desk-client.js';
import { paintFor } from '../desk-client/paint.js';
import { until } from '../desk-client/until.js';
import { sendControl } from './control.run.js';
import type { ReconcileOptions } from './reconcile.command.js';
import { channelTable } from './status.run.js';

type Channel = ChannelsResponse['items'][number];

export async function runReconcile(
  options: ReconcileOptions,
  { signal, terminal }: CommandContext,
): Promise<void> {
  const { client, exchange, json, symbol, wait } = options;
  const desk = await DeskClient.at(options.url, signal);
  const ask = async (): Promise<Channel[]> => {
    const query = { client, exchange, symbol };
    return (await desk.get(ANALYTICS_ROUTE.channels.path, channelsResponseSchema, query)).items;
  };
  const before = new Map((await ask()).map((channel) => [keyOf(channel), channel.comparisons]));
  const { addressed } = await sendControl(desk, { type: 'reconcile' }, options);
  const meant = new Set(addressed.flatMap(({ channels }) => channels));

  let items: Channel[] = [];
  const isLate = (channel: Channel): boolean => channel.comparisons <= (before.get(keyOf(channel)) ?? 0);
  const isDone = async (): Promise<true | null> => {
    items = (await ask()).filter((channel) => meant.has(keyOf(channel)));
    return items.some(isLate) ? null : true;
  };
  await until(isDone, wait, signal);
  terminal.out(
    json === true
      ? `${JSON.stringify({ items })}\n`
      : `${channelTable({ items }, paintFor(terminal.color))}\n`,
  );
  const late = items.filter(isLate).map(keyOf);
  if (late.length === 0) return;
  throw new InputError([
    `not compared within ${wait} s: ${late.join(' ')}; what is shown of ${late.length === 1 ? 'it' : 'them'} is older`,
    'the exchange has not answered, or a trade is still on its way: look at bowline status, and try again',
  ]);
}

function keyOf({ clientId, exchange, symbol }: Channel): string {
  return `${clientId}.${exchange}.${symbol}`;
}
