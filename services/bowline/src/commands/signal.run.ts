import { signalsAcceptedSchema } from '@bowline/contracts';
import type { CommandContext } from '../cli/context.js';
import { DeskClient } from '../desk-client/desk-client.js';
import type { SignalSendOptions } from './signal.command.js';

const FIELDS = [
  'id',
  'strategy',
  'symbol',
  'signal',
  'time',
  'price',
  'takeProfit',
  'stopLoss',
  'volatility',
  'quantity',
  'expiresAt',
  'expiresInMs',
] as const;

export async function runSignalSend(
  options: SignalSendOptions,
  { signal: stop, terminal }: CommandContext,
): Promise<void> {
  const desk = await DeskClient.at(options.url, stop, 'signals');
  const body = Object.fromEntries(FIELDS.map((field) => [field, options[field]]));
  const answer = await desk.post('/v1/signals', body, signalsAcceptedSchema);
  if (options.json === true) terminal.out(`${JSON.stringify(answer)}\n`);
  else {
    for (const { clients, id } of answer.accepted) {
      terminal.out(`accepted as ${id} for ${clients.join(', ')}\n`);
    }
  }
}
