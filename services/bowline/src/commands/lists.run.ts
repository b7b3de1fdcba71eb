import type { CommandContext } from '../cli/context.js';
import { DeskClient } from '../desk-client/desk-client.js';
import { listText, ORDERS, PAIRS, POSITIONS, TRADES, type DeskList } from '../desk-client/lists.js';
import { collect } from '../desk-client/pages.js';
import { paintFor } from '../desk-client/paint.js';
import type { ListName, ListOptions } from './lists.command.js';
import { show } from './watch.js';

export async function runList(name: ListName, options: ListOptions, context: CommandContext): Promise<void> {
  switch (name) {
    case 'positions':
      return showList(POSITIONS, options, context);
    case 'oco':
      return showList(PAIRS, options, context);
    case 'orders':
      return showList(ORDERS, options, context);
    case 'trades':
      return showList(TRADES, options, context);
  }
}

async function showList<T>(list: DeskList<T>, options: ListOptions, context: CommandContext): Promise<void> {
  const { client, exchange, json, limit, status, strategy, symbol, url } = options;
  const desk = await DeskClient.at(url, context.signal);
  const paint = paintFor(context.terminal.color);
  const query = { client, exchange, symbol, strategy, status: status === 'any' ? undefined : status };
  const wanted = status === undefined ? list.current : () => true;
  const text = async (): Promise<string> => {
    const { items, more } = await collect(desk, list.path, list.schema, query, limit, wanted);
    if (json === true) return `${JSON.stringify({ items, more })}\n`;
    const rest = more ? `\n${paint.dim(`these are the newest ${limit}; there are more: --limit`)}` : '';
    return `${listText(list, items, paint)}${rest}\n`;
  };
  await show(text, options, context);
}
