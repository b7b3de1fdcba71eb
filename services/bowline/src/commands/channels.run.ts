import { ANALYTICS_ROUTE, channelsResponseSchema } from '@bowline/contracts';
import type { CommandContext } from '../cli/context.js';
import { DeskClient } from '../desk-client/desk-client.js';
import { paintFor } from '../desk-client/paint.js';
import type { ChannelsOptions } from './channels.command.js';
import { channelTable } from './status.run.js';
import { show } from './watch.js';

export async function runChannels(options: ChannelsOptions, context: CommandContext): Promise<void> {
  const { client, exchange, json, symbol, url } = options;
  const desk = await DeskClient.at(url, context.signal);
  const paint = paintFor(context.terminal.color);
  const text = async (): Promise<string> => {
    const answer = await desk.get(ANALYTICS_ROUTE.channels.path, channelsResponseSchema, {
      client,
      exchange,
      symbol,
    });
    return json === true ? `${JSON.stringify(answer)}\n` : `${channelTable(answer, paint)}\n`;
  };
  await show(text, options, context);
}
