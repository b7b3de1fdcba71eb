import type { CommandContext } from '../cli/context.js';
import { UsageError } from '../cli/exit.js';
import { DeskClient } from '../desk-client/desk-client.js';
import { listText, POSITIONS } from '../desk-client/lists.js';
import { collect } from '../desk-client/pages.js';
import { paintFor } from '../desk-client/paint.js';
import type { CloseOptions } from './control.command.js';
import { printControl, requireSelector, sendControl } from './control.run.js';

export async function runClose(options: CloseOptions, { signal, terminal }: CommandContext): Promise<void> {
  requireSelector(options);
  const desk = await DeskClient.at(options.url, signal);
  if (options.yes === true && options.dryRun !== true) {
    // Not looked at first: what the command is about, the desk knows better than a list of a moment ago.
    printControl(await sendControl(desk, { type: 'close' }, options), 'closing', options, terminal);
    return;
  }
  const { client, exchange, strategy, symbol } = options;
  const query = { client, exchange, symbol, strategy };
  const { items } = await collect(desk, POSITIONS.path, POSITIONS.schema, query, Infinity, POSITIONS.current);
  terminal.out(
    options.json === true
      ? `${JSON.stringify({ items })}\n`
      : `${listText(POSITIONS, items, paintFor(terminal.color))}\n`,
  );
  if (items.length > 0 && options.dryRun !== true) {
    throw new UsageError(`nothing was closed; to close ${items.length === 1 ? 'it' : 'them'}, say --yes`);
  }
}
