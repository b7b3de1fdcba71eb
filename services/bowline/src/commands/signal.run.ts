import { randomUUID } from 'node:crypto';
import {
  InputError,
  secretReference,
  signalsAcceptedSchema,
  WEBHOOK_HEADERS,
  WEBHOOK_SECRET_FORM,
  webhookKey,
  webhookSignature,
} from '@bowline/contracts';
import type { CommandContext } from '../cli/context.js';
import { UsageError } from '../cli/exit.js';
import { DeskClient } from '../desk-client/desk-client.js';
import { readSecret } from '../desk/read-secret.js';
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
  const headersOf = signer(options);
  const desk = await DeskClient.at(options.url, stop, 'signals');
  const body = Object.fromEntries(FIELDS.map((field) => [field, options[field]]));
  const answer = await desk.post('/v1/signals', body, signalsAcceptedSchema, headersOf);
  if (options.json === true) terminal.out(`${JSON.stringify(answer)}\n`);
  else {
    for (const { clients, id } of answer.accepted) {
      terminal.out(`accepted as ${id} for ${clients.join(', ')}\n`);
    }
  }
}

/** What signs a body with the secret of `--secret`; nothing where there is none. */
function signer({ secret, source }: SignalSendOptions): (body: string) => Record<string, string> {
  if (secret === undefined) {
    if (source !== undefined) throw new UsageError('--source names who signs; give --secret as well');
    return () => ({});
  }
  const reference = secretReference(secret);
  if (reference === null) {
    throw new UsageError('--secret is a reference such as env:TREND_SECRET or file:PATH, never the secret');
  }
  const key = webhookKey(readSecret(reference, '--secret'));
  if (key === null) throw new InputError([`--secret ${reference}: expected ${WEBHOOK_SECRET_FORM}`]);
  return (body) => {
    const id = `msg_${randomUUID()}`;
    const timestamp = String(Math.floor(Date.now() / S_MS));
    return {
      [WEBHOOK_HEADERS.id]: id,
      [WEBHOOK_HEADERS.timestamp]: timestamp,
      [WEBHOOK_HEADERS.signature]: webhookSignature(key, { id, timestamp, body }),
      ...(source === undefined ? {} : { [WEBHOOK_HEADERS.source]: source }),
    };
  };
}

const S_MS = 1000;
