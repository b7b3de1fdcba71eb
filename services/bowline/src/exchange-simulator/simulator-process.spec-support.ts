import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { SystemClock } from '@bowline/engine';
import { RemoteExchangeClient, type RemoteExchangeClientOptions } from '@bowline/exchange-simulator';
import type { Truth } from '@bowline/exchange-simulator-service';
import type { ExchangeReport, ExchangeRequest, Logger } from '@bowline/ports';
import { startBowline } from '@bowline/testkit';

const silent = (): void => undefined;
const SILENT: Logger = { info: silent, warn: silent, error: silent };

/** 100.00 of XYZUSDT in its ticks. */
export const PRICE = 10_000;

/** A configuration of so many clients, c1 and so on, with an account at `sim` each. */
export function configOf(clients: number): string {
  const client = (at: number): string =>
    `  c${at + 1}: { exchanges: { sim: { accountBalance: 1000000 } }, orderParams: { sizing: { fixedNotional: 1000 } } }`;
  const lines = Array.from({ length: clients }, (_, at) => client(at));
  return `clients:\n${lines.join('\n')}\ninstruments:\n  XYZUSDT: { tickSize: 0.01, lotSize: 0.001 }\n`;
}

/** An exchange simulator as a process, listening. */
export class SimulatorProcess {
  private constructor(
    readonly child: ChildProcessWithoutNullStreams,
    readonly url: string,
    private readonly ended: Promise<void>,
  ) {}

  /** Starts one without latency, whose prices stand still. */
  static async start(config: string, dir: string, port = 0): Promise<SimulatorProcess> {
    const child = startBowline([
      ...['exchange-simulator', '--config', config, '--dir', dir, '--port', String(port)],
      ...['--hold', '--latency-ms', '0'],
    ]);
    let said = '';
    const ended = new Promise<void>((resolve) => {
      child.on('close', () => resolve());
    });
    const url = await new Promise<string>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const [, found] = /"url":"([^"]+)"/.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.on('close', () => reject(new Error(`it ended: ${said}`)));
    });
    return new SimulatorProcess(child, url, ended);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }

  async truth(): Promise<Truth['exchanges'][string]> {
    const answer = await fetch(`${this.url}/truth?settled=true`);
    return ((await answer.json()) as Truth).exchanges['sim']!;
  }

  /** @param price decimal text */
  async moveTo(price: string): Promise<void> {
    const body = JSON.stringify({ exchange: 'sim', symbol: 'XYZUSDT', price });
    const { status } = await fetch(`${this.url}/market`, { method: 'POST', body });
    if (status !== 200) throw new Error(`${status}`);
  }
}

export function clientOf(
  url: string,
  account: string,
  options: Partial<RemoteExchangeClientOptions> = {},
): RemoteExchangeClient {
  const clock = new SystemClock();
  return new RemoteExchangeClient({
    ...{ url, exchange: 'sim', account, token: 'development', clock, logger: SILENT },
    ...options,
  });
}

/** What is told, one by one, and who waits for it. */
export class Told {
  readonly reports: ExchangeReport[] = [];
  private waiting: (() => void)[] = [];

  push(report: ExchangeReport): void {
    this.reports.push(report);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }
}

/** A limit order that rests below the market. */
export function placeBelow(clientOrderId: string): ExchangeRequest {
  return {
    ...{ type: 'place', clientOrderId, symbol: 'XYZUSDT', ocoGroup: null, expiresAt: null, at: Date.now() },
    terms: {
      key: { strategyPositionId: 'A-1', leg: 'e', generation: 0 },
      ...{ side: 'BUY', positionSide: 'LONG', orderType: 'limit', orderQty: 1, limitPrice: PRICE - 100 },
      ...{ stopPrice: null, timeInForce: 'GTC', reduceOnly: false },
    },
  };
}

export function queryOrder(clientOrderId: string): ExchangeRequest {
  return { type: 'query_order', clientOrderId, symbol: 'XYZUSDT', at: Date.now() };
}
