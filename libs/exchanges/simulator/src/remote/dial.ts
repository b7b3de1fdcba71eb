import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROTOCOL } from './protocol.js';

/** The exchange does not let us in, and will not by itself. */
export class LineRefused extends Error {
  constructor(
    /** The HTTP status of the answer. */
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'LineRefused';
  }
}

export interface DialTarget {
  readonly url: URL;
  readonly path: string;
  /** Null: none is asked for. */
  readonly token: string | null;
}

/** A line that stands, and what has come over it already. */
export interface Dialed {
  readonly socket: Duplex;
  readonly head: Buffer;
}

const LONGEST_PROBLEM = 65_536;

/**
 * Asks for a line. Rejects with LineRefused where the answer is 4xx, with an Error where there is no answer or another one.
 *
 * @param signal gives it up
 */
export function dial({ path, token, url }: DialTarget, signal: AbortSignal): Promise<Dialed> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? 80 : url.port,
      path,
      agent: false,
      signal,
      headers: {
        connection: 'Upgrade',
        upgrade: PROTOCOL,
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
    });
    asked.on('error', reject);
    asked.on('upgrade', (response, socket, head) => {
      if (response.headers.upgrade === PROTOCOL) return resolve({ socket, head });
      socket.destroy();
      reject(new LineRefused(426, `the exchange speaks ${response.headers.upgrade}, we speak ${PROTOCOL}`));
    });
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        if (text.length < LONGEST_PROBLEM) text += part;
      });
      response.on('error', reject);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const detail = `${status}: ${detailOf(text) ?? response.statusMessage ?? ''}`;
        reject(status >= 400 && status < 500 ? new LineRefused(status, detail) : new Error(detail));
      });
    });
    asked.end();
  });
}

/** The detail of a problem (RFC 9457); null where the text is none. */
function detailOf(text: string): string | null {
  try {
    const { detail, title } = JSON.parse(text) as { detail?: unknown; title?: unknown };
    return typeof detail === 'string' ? detail : typeof title === 'string' ? title : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
