import { createHmac } from 'node:crypto';
import { cash, createInstrument, decimal } from '@bowline/domain';
import { holdMarket } from '@bowline/exchange-simulator';
import type { ExchangeSimulator } from '../../exchange-simulator.js';
import type { ExchangeSimulatorOptions, MarketPlan, SimulatedExchange } from '../../options.js';
import { openSim } from '../../simulator.spec-support.js';
import type { Truth } from '../../truth.js';
import type { SpotPlan } from '../open-dialect.js';

export const EXCHANGE = 'binance-spot';
/** 45,000.00 in ticks. */
export const PRICE = 4_500_000;

export const KEYS = {
  ikenna: { apiKey: 'key-of-ikenna', apiSecret: 'secret-of-ikenna' },
  odum: { apiKey: 'key-of-odum', apiSecret: 'secret-of-odum' },
} as const;

const instruments = ['BTC', 'ETH'].map((base) =>
  createInstrument({
    ...{ exchange: EXCHANGE, symbol: `${base}USDT`, kind: 'spot', base, quote: 'USDT', settle: 'USDT' },
    ...{ multiplier: '1', inverse: false, tickSize: '0.01', lotSize: '0.00001', minNotional: '5' },
  }),
);

/** An exchange that speaks as Binance spot does, with the accounts ikenna and odum, each with 100,000 USDT and 1 BTC. */
export function spotExchange(dialect: Partial<SpotPlan> = {}): SimulatedExchange {
  return {
    exchange: EXCHANGE,
    instruments,
    accounts: (['ikenna', 'odum'] as const).map((account) => ({
      ...{ account, hedgeMode: false, balances: { USDT: cash('100000'), BTC: cash('1') } },
      ...{ feeMakerBps: decimal('7.5'), feeTakerBps: decimal('10') },
      ...{ token: `${account}'s secret`, api: KEYS[account] },
    })),
    dialect: { kind: 'binance-spot', port: 0, ...dialect },
  };
}

const markets = instruments.map((instrument) => ({ instrument, startPrice: PRICE }));

const HELD = {
  kind: 'held',
  open: (sink, from) => holdMarket({ markets, sink, from }),
} satisfies MarketPlan;

/** What was answered. */
export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>> & { readonly code?: number; readonly msg?: string };
}

/** An exchange simulator with such an exchange, and where it is spoken to. */
export class Spot {
  private constructor(
    readonly simulator: ExchangeSimulator,
    /** Of the dialect. */
    readonly url: string,
  ) {}

  static async open(
    folder: string,
    dialect: Partial<SpotPlan> = {},
    options: Partial<ExchangeSimulatorOptions> = {},
  ): Promise<Spot> {
    const simulator = await openSim(folder, {
      ...{ exchanges: [spotExchange(dialect)], marketOf: () => HELD },
      ...options,
    });
    return new Spot(simulator, simulator.dialectUrls[EXCHANGE]!);
  }

  get streamUrl(): string {
    return this.url.replace('http', 'ws');
  }

  close(): Promise<void> {
    return this.simulator.close();
  }

  /** @param price decimal text */
  async moveTo(price: string, symbol = 'BTCUSDT'): Promise<void> {
    await this.order('/market', { exchange: EXCHANGE, symbol, price });
  }

  async fault(fault: Readonly<Record<string, unknown>>): Promise<void> {
    await this.order('/faults', fault);
  }

  async truth(account: keyof typeof KEYS = 'ikenna') {
    const answer = await fetch(`${this.simulator.url}/truth?settled=true`);
    return ((await answer.json()) as Truth).exchanges[EXCHANGE]!.accounts[account]!;
  }

  /** The parameters of a request of ikenna's on the line of requests. */
  signed(params: Readonly<Record<string, string | number>>): Readonly<Record<string, string | number>> {
    const { apiKey, apiSecret } = KEYS.ikenna;
    const said: Record<string, string | number> = { ...params, apiKey, timestamp: Date.now() };
    const payload = Object.keys(said)
      .sort()
      .map((name) => `${name}=${said[name]}`)
      .join('&');
    return { ...said, signature: createHmac('sha256', apiSecret).update(payload).digest('hex') };
  }

  /** Asks something of the exchange in its dialect, with an account's key and signature. */
  async ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    params: Readonly<Record<string, string | number>> = {},
    account: keyof typeof KEYS = 'ikenna',
  ): Promise<Asked> {
    const { apiKey, apiSecret } = KEYS[account];
    const values = Object.entries({ ...params, timestamp: Date.now() });
    const texts = values.map(([name, value]): [string, string] => [name, String(value)]);
    const query = new URLSearchParams(texts).toString();
    const signature = createHmac('sha256', apiSecret).update(query).digest('hex');
    const answer = await fetch(`${this.url}${path}?${query}&signature=${signature}`, {
      ...{ method, headers: { 'x-mbx-apikey': apiKey } },
    });
    return {
      ...{ status: answer.status, headers: answer.headers },
      body: (await answer.json()) as Asked['body'],
    };
  }

  /** Asks something of the simulator itself. Throws where it does not do it. */
  async order(path: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    const answer = await fetch(`${this.simulator.url}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
}
