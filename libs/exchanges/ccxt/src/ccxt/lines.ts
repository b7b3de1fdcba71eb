import type { ExchangeProfile } from '../profiles.js';
import type { CcxtExchange, CcxtLine } from './shape.js';

/** How the lines of an exchange are. */
export interface LinesState {
  /** There are some, each is connected, and has answered what was said to it last. */
  readonly stand: boolean;
  /** What is waited for on them. */
  readonly awaited: number;
}

/**
 * Minds the WebSocket lines of an exchange. Where one breaks while ccxt says something that it does not wait for, nobody
 * would take the error, and the process would end; and where the exchange says that one is over, ccxt would go on
 * listening to it.
 */
export class Lines {
  private readonly known = new WeakSet<CcxtLine>();
  /** Something was said to them, and nothing has come back since. */
  private readonly unanswered = new WeakSet<CcxtLine>();

  constructor(
    private readonly exchange: CcxtExchange,
    profile: ExchangeProfile | null,
  ) {
    const client = exchange.client.bind(exchange);
    const handle = exchange.handleMessage.bind(exchange);
    exchange.client = (url) => this.minded(client(url));
    exchange.handleMessage = (line, message) => {
      this.unanswered.delete(line);
      const isOver =
        typeof message === 'object' && message !== null && profile?.lineOver?.isSaid({ ...message });
      if (isOver !== true) return handle(line, message);
      profile?.lineOver?.forget(exchange.options);
      line.close();
    };
  }

  state(): LinesState {
    const { clients = {} } = this.exchange;
    // ccxt also keeps things there that are no lines.
    const lines = Object.entries(clients).flatMap(([address, line]) =>
      /^wss?:/.test(address) ? [line] : [],
    );
    const stand = lines.every((line) => line.isConnected && !this.unanswered.has(line));
    const awaited = lines.reduce((sum, { futures }) => sum + Object.keys(futures).length, 0);
    return { stand: stand && lines.length > 0, awaited };
  }

  private minded(line: CcxtLine): CcxtLine {
    if (this.known.has(line)) return line;
    this.known.add(line);
    const send = line.send.bind(line);
    line.send = (message) => {
      this.unanswered.add(line);
      const sent = send(message);
      // Whoever waits for it still gets it; the line itself tells that it is broken.
      sent.catch(() => undefined);
      return sent;
    };
    return line;
  }
}
