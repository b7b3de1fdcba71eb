import { cash, createInstrument, decimal } from '@bowline/domain';
import { holdMarket } from '@bowline/exchange-simulator';
import type { ExchangeSimulator } from '../../exchange-simulator.js';
import type { ExchangeSimulatorOptions, MarketPlan, SimulatedExchange } from '../../options.js';
import { openSim } from '../../simulator.spec-support.js';
import type { Truth } from '../../truth.js';
import type { UsdmPlan } from '../open-dialect.js';

export const EXCHANGE = 'binance-usdm';
/** 45,000.0 in ticks. */
export const PRICE = 450_000;

export const KEYS = {
  ikenna: { apiKey: 'key-of-ikenna', apiSecret: 'secret-of-ikenna' },
  odum: { apiKey: 'key-of-odum', apiSecret: 'secret-of-odum' },
} as const;

const instrumentsOf = (minNotional: string) =>
  ['BTC', 'ETH'].map((base) =>
    createInstrument({
      ...{
        exchange: EXCHANGE,
        symbol: `${base}USDT`,
        kind: 'perpetual',
        base,
        quote: 'USDT',
        settle: 'USDT',
      },
      ...{ multiplier: '1', inverse: false, tickSize: '0.1', lotSize: '0.001', minNotional },
    }),
  );
const LISTED = instrumentsOf('5');

/** An exchange that speaks as Binance USD-M does, with the accounts ikenna and odum. */
export function usdmExchange(dialect: Partial<UsdmPlan> = {}, minNotional?: string): SimulatedExchange {
  return {
    exchange: EXCHANGE,
    instruments: minNotional === undefined ? LISTED : instrumentsOf(minNotional),
    accounts: (['ikenna', 'odum'] as const).map((account) => ({
      ...{ account, hedgeMode: false, balances: { USDT: cash('100000') } },
      ...{ feeMakerBps: decimal('2'), feeTakerBps: decimal('5') },
      ...{ token: `${account}'s secret`, api: KEYS[account] },
    })),
    dialect: { kind: 'binance-usdm', port: 0, ...dialect },
  };
}

const markets = LISTED.map((instrument) => ({ instrument, startPrice: PRICE }));

const HELD = {
  kind: 'held',
  open: (sink, from) => holdMarket({ markets, sink, from }),
} satisfies MarketPlan;

/** An exchange simulator with such an exchange, and where it is spoken to. */
export class Usdm {
  private constructor(
    readonly simulator: ExchangeSimulator,
    /** Of the dialect. */
    readonly url: string,
  ) {}

  static async open(
    folder: string,
    dialect: Partial<UsdmPlan> = {},
    options: Partial<ExchangeSimulatorOptions> = {},
  ): Promise<Usdm> {
    const simulator = await openSim(folder, {
      ...{ exchanges: [usdmExchange(dialect)], marketOf: () => HELD },
      ...options,
    });
    return new Usdm(simulator, simulator.dialectUrls[EXCHANGE]!);
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

  /** Asks something of the simulator itself. Throws where it does not do it. */
  async order(path: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    const answer = await fetch(`${this.simulator.url}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
}
