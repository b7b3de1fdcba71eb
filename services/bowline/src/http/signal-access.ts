import { createHash } from 'node:crypto';
import { InputError, WEBHOOK_SECRET_FORM, webhookKey } from '@bowline/contracts';
import type { DeskConfig, IngestSource } from '@bowline/contracts';
import { SignalAccess, type SignalSource } from '@bowline/signal-ingest';
import { readSecret } from '../desk/read-secret.js';
import { isLocal } from './http-app.js';

/** Who may send signals to a desk by HTTP. */
export interface DeskAccess {
  readonly access: SignalAccess;
  /** To be said when it starts: that anybody may; null: everybody has to sign. */
  readonly notice: string | null;
}

const FEWEST_CHARACTERS = 16;
const MOST_CHARACTERS = 256;

/**
 * Reads the secrets of the sources of signals.
 *
 * @param host where it will listen
 * @throws InputError where a secret is missing or no good, and where others than this machine could send signals that
 * nobody has signed
 */
export function openSignalAccess({ live: { ingest } }: Pick<DeskConfig, 'live'>, host: string): DeskAccess {
  const open = ingest.open ?? (ingest.sources.length === 0 && isLocal(host));
  if (!open && ingest.open === null && ingest.sources.length === 0) {
    throw new InputError([
      `others than this machine reach ${host}, and no signal would have to be signed: name those who send them in ingest.sources, or say ingest.open: true where whoever reaches the port may send them`,
    ]);
  }
  const sources = readSources(ingest.sources);
  return { access: new SignalAccess({ sources, open }), notice: open ? noticeOf(host, sources) : null };
}

function noticeOf(host: string, sources: readonly SignalSource[]): string {
  const who = isLocal(host) ? 'whoever is on this machine' : `whoever reaches ${host}`;
  const why = sources.length === 0 ? 'no ingest.sources are configured' : 'ingest.open is true';
  return `signals are taken unsigned, from ${who}: ${why}`;
}

function readSources(sources: readonly IngestSource[]): SignalSource[] {
  const problems: string[] = [];
  const holders = new Map<string, string>();
  const read = sources.map(({ kind, name, secrets, strategies }): SignalSource => {
    const keys = secrets.flatMap((reference, index) => {
      const place = `ingest.sources.${name}.secrets[${index}]`;
      const key = keyOf(reference, kind, place);
      if (typeof key === 'string') {
        problems.push(key);
        return [];
      }
      // Which source has sent a request shows only in the secret.
      const print = createHash('sha256').update(key).digest('hex');
      const holder = holders.get(print);
      if (holder !== undefined) problems.push(`${place}: the same as ${holder}; every secret is of its own`);
      holders.set(print, place);
      return [key];
    });
    return { name, kind, strategies, keys };
  });
  if (problems.length > 0) throw new InputError(problems);
  return read;
}

/** The key; a text: what is wrong with it, without a word of what it is. */
function keyOf(reference: string, kind: IngestSource['kind'], place: string): Uint8Array | string {
  let secret: string;
  try {
    secret = readSecret(reference, place);
  } catch (error) {
    if (error instanceof InputError) return error.problems.join('; ');
    throw error;
  }
  if (kind === 'standard') {
    const make = 'make one with: echo "whsec_$(openssl rand -base64 32)"';
    return webhookKey(secret) ?? `${place}: expected ${WEBHOOK_SECRET_FORM}; ${make}`;
  }
  if (secret.length >= FEWEST_CHARACTERS && secret.length <= MOST_CHARACTERS) return Buffer.from(secret);
  return `${place}: expected ${FEWEST_CHARACTERS} to ${MOST_CHARACTERS} characters; make one with: openssl rand -hex 24`;
}
