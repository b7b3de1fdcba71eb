import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  askedMarket,
  JsonLines,
  PROTOCOL,
  serveMarket,
  type AccountWord,
  type LineWord,
} from '@bowline/exchange-simulator';
import type { Logger } from '@bowline/ports';
import { accountWord, problemOf } from './account-word.js';
import { Refusal, targetOf } from './http-answer.js';
import type { Simulation } from './simulation.js';

/** A request for a stream, taken apart. */
interface Asked {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly token: string;
}

/** Begins to speak on a line that stands. */
type Begin = (socket: Duplex, head: Buffer) => void;

/** The lines of accounts, and of readers of the market. */
export class Streams {
  private readonly open = new Set<JsonLines>();

  constructor(
    private readonly simulation: Simulation,
    private readonly logger: Logger,
  ) {}

  /** Lets somebody in who asks for a stream. Throws a Refusal. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = targetOf(request);
    const path = url.pathname.split('/').slice(1).map(decoded);
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    const begin = this.streamOf({ path, query: url.searchParams, token });
    const { upgrade } = request.headers;
    if (upgrade !== PROTOCOL)
      throw new Refusal(426, `this exchange speaks ${PROTOCOL}, and was asked for ${upgrade ?? 'nothing'}`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\n\r\n`);
    begin(socket, head);
  }

  close(): void {
    for (const lines of this.open) lines.destroy('the exchange is closed');
  }

  private streamOf(asked: Asked): Begin {
    const [version, exchanges, exchange, kind, ...rest] = asked.path;
    if (version === 'v1' && exchanges === 'exchanges' && exchange !== undefined) {
      if (kind === 'accounts' && rest.length === 2 && rest[1] === 'stream')
        return this.accountStream(exchange, rest[0]!, asked.token);
      if (kind === 'market' && rest.length === 1 && rest[0] === 'stream')
        return this.marketStream(exchange, asked.query);
    }
    throw new Refusal(404, `there is no stream /${asked.path.join('/')}`);
  }

  private accountStream(exchange: string, account: string, token: string): Begin {
    const { simulation } = this;
    const venue = simulation.venue(exchange);
    const known = venue.options.accounts.find((each) => each.account === account);
    // Who does not know the secret does not learn which accounts there are.
    if (known === undefined || !isSame(token, known.token))
      throw new Refusal(
        401,
        `the token for account ${account} at ${exchange} is wrong, or there is no such account`,
      );
    if (simulation.isAway(exchange, account))
      throw new Refusal(503, `account ${account} at ${exchange} is disconnected for a while`);
    const line = venue.accounts.get(account)!;
    return (socket, head) => {
      const lines = this.speak(socket, {
        onWord: (word) => simulation.do(() => line.request(lines, word.number, word.request)),
        onClosed: (reason) => {
          line.leave(lines);
          this.logger.info({ exchange, account, reason }, 'an account has left');
        },
      });
      simulation.do((at) => line.join(lines, at));
      this.logger.info({ exchange, account }, 'an account is on the line');
      lines.take(head);
    };
  }

  private marketStream(exchange: string, query: URLSearchParams): Begin {
    const { simulation } = this;
    const venue = simulation.venue(exchange);
    const listed = venue.options.instruments.map(({ symbol }) => symbol);
    const asked = askedMarket(query, exchange, listed);
    if ('status' in asked) throw new Refusal(asked.status, asked.detail);
    return (socket, head) => {
      simulation.do((at) => {
        const lines = serveMarket(socket, head, {
          ...asked,
          ...{ hub: venue.hub, at },
          onClosed: () => this.open.delete(lines),
        });
        this.open.add(lines);
      });
    };
  }

  /** Speaks to an account: words are checked, and those about the line itself are dealt with here. */
  private speak(
    socket: Duplex,
    { onClosed, onWord }: { onWord: (word: AccountWord) => void; onClosed: (reason: string) => void },
  ): JsonLines {
    const lines: JsonLines = new JsonLines(socket, {
      onValue: (value) => {
        const read = accountWord.safeParse(value);
        if (!read.success) return lines.refuse(problemOf(read.error));
        const word = read.data;
        if (word.type === 'ping') return lines.send({ type: 'pong' } satisfies LineWord);
        if (word.type === 'refused') return lines.destroy(word.detail);
        onWord(word);
      },
      onClosed: (reason) => {
        this.open.delete(lines);
        onClosed(reason);
      },
    });
    this.open.add(lines);
    return lines;
  }
}

/** Without a hint in the time that it takes. */
function isSame(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) throw new Refusal(400, `${JSON.stringify(part)} cannot be decoded`);
    throw error;
  }
}
