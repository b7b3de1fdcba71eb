import * as http from 'node:http';
import * as https from 'node:https';
import type { Clock } from '@bowline/ports';

/**
 * - `answer`: an HTTP answer, whatever its status
 * - `not_sent`: nothing has left this machine
 * - `lost`: it may have arrived, and no answer came
 */
export type HttpOutcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: http.IncomingHttpHeaders;
      readonly text: string;
    }
  | { readonly kind: 'not_sent'; readonly reason: string }
  | { readonly kind: 'lost'; readonly reason: string };

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

const CONNECTIONS = 32;

/**
 * HTTP over connections that are kept. Sends once: never again by itself, and tells what may have arrived from what
 * cannot have. That is why it is no SDK: those of Binance try again, and hide the headers of errors.
 */
export class HttpTransport {
  private readonly agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: CONNECTIONS }),
  };
  private readonly open = new Set<http.ClientRequest>();
  private closed = false;

  constructor(
    private readonly clock: Clock,
    /** How long an answer may take. */
    private readonly timeoutMs: number,
  ) {}

  send({ headers, method, url }: HttpCall): Promise<HttpOutcome> {
    if (this.closed) return Promise.resolve({ kind: 'not_sent', reason: 'it was closed' });
    return new Promise((resolve) => {
      const secure = url.protocol === 'https:';
      const request = (secure ? https : http).request(url, {
        method,
        headers: { ...headers, 'content-length': '0' },
        agent: this.agents[secure ? 'https:' : 'http:'],
      });
      let sent = false;
      const done = (outcome: HttpOutcome): void => {
        takeBack();
        this.open.delete(request);
        resolve(outcome);
      };
      const takeBack = this.clock.callAt(this.clock.now() + this.timeoutMs, () =>
        request.destroy(new Error(`no answer within ${this.timeoutMs} ms`)),
      );
      this.open.add(request);
      request.on('socket', (socket) => {
        // What is written before the connection stands is kept here, and dies with it.
        if (!socket.connecting) sent = true;
        else socket.once(secure ? 'secureConnect' : 'connect', () => (sent = true));
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        done({ kind: sent ? 'lost' : 'not_sent', reason: error.code ?? error.message });
      });
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', (error: NodeJS.ErrnoException) =>
          done({ kind: 'lost', reason: error.code ?? error.message }),
        );
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          done({ kind: 'answer', status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      request.end();
    });
  }

  /** Whoever waits for an answer is told that it is lost. */
  close(): void {
    this.closed = true;
    for (const request of [...this.open]) request.destroy(new Error('it was closed'));
    for (const agent of Object.values(this.agents)) agent.destroy();
  }
}
