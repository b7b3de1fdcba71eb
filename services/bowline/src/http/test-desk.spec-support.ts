import { afterAll } from '@jest/globals';
import type { DynamicModule } from '@nestjs/common';
import { LocalBus } from '@bowline/bus-local';
import { decodeJson, parseConfig, type StatusResponse } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';
import { SignalAccess, SignalIngestModule, signalDirectory, type IngestLimits } from '@bowline/signal-ingest';
import { HealthRegistry, Metrics } from '@bowline/telemetry';
import { createHttpApp } from './http-app.js';
import { OperatorModule } from './operator.module.js';

/** The time of the desk: a virtual clock that stands. */
export const NOW = Date.UTC(2025, 0, 6, 12);

const CONFIG = `
clients:
  ikenna:
    exchanges:
      binance-usdm: { accountBalance: 60000, symbols: [BTCUSDT, ETHUSDT] }
      okx: { accountBalance: 20000, symbols: [BTCUSDT] }
    strategies: [trend-fast, trend-slow]
  odum:
    exchanges:
      binance-usdm: { accountBalance: 30000, symbols: [BTCUSDT, SOLUSDT] }
    strategies: [trend-fast, scout]
`;

const MARKETS = ['binance-usdm', 'okx'].flatMap((exchange) =>
  ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].map((symbol) => ({ exchange, symbol })),
);

/** A log that is kept. */
export class KeptLog {
  readonly lines: { readonly level: string; readonly message: string }[] = [];
  readonly info = this.keeper('info');
  readonly warn = this.keeper('warn');
  readonly error = this.keeper('error');

  private keeper(level: string) {
    return (_fields: unknown, message: string): void => void this.lines.push({ level, message });
  }
}

export interface TestDesk {
  readonly url: string;
  readonly bus: LocalBus;
  readonly log: KeptLog;
  readonly health: HealthRegistry;
  /** What was published, oldest first, with its body. */
  published(): { readonly message: BusMessage; readonly body: unknown }[];
  /** Forgets what was published. */
  reset(): void;
}

/** The HTTP side of a desk on a free port: ingest and operator interface over a bus whose readers only keep. */
export async function testDesk(
  limits: Partial<IngestLimits> = {},
  options: {
    readonly host?: string;
    readonly maxBodyBytes?: number;
    readonly token?: string;
    /** Runs in the same process. */
    readonly beside?: readonly DynamicModule[];
    readonly status?: StatusResponse;
    /** Who may send signals. Default: everybody. */
    readonly access?: SignalAccess;
  } = {},
): Promise<TestDesk> {
  const { access = SignalAccess.open(), beside = [], status = STATUS, ...httpOptions } = options;
  const log = new KeptLog();
  const bus = new LocalBus();
  const kept: BusMessage[] = [];
  for (const client of ['ikenna', 'odum']) {
    for (const topic of [`signals.${client}`, `control.${client}`]) {
      bus.subscribe({
        topic,
        group: 'order-generator',
        handle: ({ message }) => {
          kept.push(message);
          return Promise.resolve();
        },
      });
    }
  }
  const clock = { now: () => NOW };
  const directory = signalDirectory(parseConfig(CONFIG, 'desk.yaml'), MARKETS);
  const health = new HealthRegistry();
  const operator = OperatorModule.forRoot({
    bus,
    clock,
    directory,
    health,
    logger: log,
    metrics: new Metrics(),
    status: { read: () => status },
  });
  const ingest = SignalIngestModule.forRoot({ access, bus, clock, directory, limits, logger: log });
  const http = await createHttpApp(
    { module: TestModule, imports: [operator, ingest, ...beside] },
    { port: 0, logger: log, ...httpOptions },
  );
  const url = await http.listen();
  afterAll(() => http.close());
  return {
    url,
    bus,
    log,
    health,
    published: () => kept.map((message) => ({ message, body: decodeJson(message.data) })),
    reset: () => void kept.splice(0),
  };
}

class TestModule {}

export const STATUS: StatusResponse = {
  version: '0.1.0',
  mode: 'mock',
  startedAt: '2025-01-06T11:00:00.000Z',
  deskTime: '2025-01-06T12:00:00.000Z',
  speed: 60,
  seed: 7,
  roles: ['signal-ingest', 'order-generator'],
  clients: ['ikenna', 'odum'],
  epochs: [{ shard: 'order-generator/ikenna', epoch: 1 }],
  halts: [
    {
      client: 'odum',
      scope: { exchange: null, symbol: 'SOLUSDT', strategyId: null },
      state: 'HALTED',
      by: 'odi',
      reason: 'prices look wrong',
      at: '2025-01-06T11:30:00.000Z',
    },
  ],
  quarantines: [],
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Sends a body, as it is where it is a text, and reads the answer. */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  return read(response);
}

export async function get(url: string, init: RequestInit = {}): Promise<Answer> {
  return read(await fetch(url, init));
}

async function read(response: Response): Promise<Answer> {
  const { headers, status } = response;
  const text = await response.text();
  const isJson = text !== '' && /json/.test(headers.get('content-type') ?? '');
  return { status, headers, body: isJson ? JSON.parse(text) : text };
}
