import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import type { Environment } from '../desk/read-config.js';
import { environmentOption } from './environment-option.js';
import { dialectPorts, type DialectPort } from '../exchange-simulator/dialect-ports.js';
import { barsFiles, pathText, seedNumber, share, wholeNumber, type SymbolFile } from '../cli/values.js';

export interface ExchangeSimulatorCommandOptions {
  readonly config: string;
  readonly env?: Environment;
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly speed: number;
  readonly hold?: boolean;
  readonly bars?: readonly SymbolFile[];
  readonly ticks?: readonly SymbolFile[];
  readonly latencyMs?: number;
  readonly fillRatio?: number;
  readonly dialect?: readonly DialectPort[];
  readonly requestsPerMinute?: number;
}

const DEFAULT_PORT = 8_430;
/** Nothing that is a minute late is still on its way. */
const LONGEST_MS = 60_000;
const HIGHEST_SPEED = 3_600;

export function exchangeSimulatorCommand(parent: Command, context: CommandContext): Command {
  return parent
    .command('exchange-simulator')
    .summary('run the exchanges of a desk as a process of their own')
    .description(
      'Runs every exchange that the configuration has accounts at, in real time: order books, accounts, fills, and a market that is made up, replayed, or moved by hand. It keeps what it knows, so that it goes on where it was killed. An account is opened by its apiSecret; on this machine one without is opened by the token "development".',
    )
    .requiredOption('--config <file>', 'the configuration', pathText)
    .addOption(environmentOption())
    .option(
      '--dir <dir>',
      'where the exchanges keep what they know',
      pathText,
      'bowline-data/exchange-simulator',
    )
    .option('--host <address>', 'where it listens', '127.0.0.1')
    .option(
      '--port <number>',
      'for lines and HTTP; 0 is any that is free',
      wholeNumber(0, 65_535),
      DEFAULT_PORT,
    )
    .option('--seed <number>', 'of the markets: the same one gives the same prices', seedNumber, 7)
    .option(
      '--speed <factor>',
      'seconds of the market to one of the clock; only prices go faster, and candles are as much shorter',
      marketSpeed,
      1,
    )
    .addOption(
      new Option('--hold', 'prices stand still until POST /market moves them').conflicts([
        'bars',
        'ticks',
        'speed',
        'seed',
      ]),
    )
    .addOption(
      new Option(
        '--bars <symbol=file>',
        'replay candles of a symbol in place of a market that is made up, or EXCHANGE:SYMBOL=FILE; repeatable',
      )
        .argParser(barsFiles)
        .conflicts('seed'),
    )
    .addOption(
      new Option(
        '--ticks <symbol=file>',
        "replay a recording of an exchange's streams over and over, book and trades, so that its end joins its start; or EXCHANGE:SYMBOL=FILE; repeatable",
      )
        .argParser(barsFiles)
        .conflicts(['seed', 'bars']),
    )
    .option(
      '--latency-ms <ms>',
      'how long a request travels, and a report back (default: dependencies.exchanges.latencyMs, else 50)',
      wholeNumber(0, LONGEST_MS),
    )
    .option(
      '--fill-ratio <share>',
      'share of what an order wants that the market has for it at a time (default: dependencies.exchanges.fillRatio, else 1)',
      share,
    )
    .option(
      '--dialect <exchange=port>',
      "the exchange speaks Binance's own REST and WebSocket API at a port of its own too, for public clients; or EXCHANGE:DIALECT=PORT; repeatable",
      dialectPorts,
    )
    .option(
      '--requests-per-minute <number>',
      'request weight, and orders, that a dialect admits a minute (default: as many as the exchange itself)',
      wholeNumber(1, 1_000_000),
    )
    .addHelpText('after', HELP)
    .action(async (options: ExchangeSimulatorCommandOptions) => {
      const { runExchangeSimulatorCommand } = await import('./exchange-simulator.run.js');
      await runExchangeSimulatorCommand(options, context);
    });
}

/** `60`, `0.5`. */
function marketSpeed(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : NaN;
  if (value > 0 && value <= HIGHEST_SPEED) return value;
  throw new InvalidArgumentError(`It must be a number above 0, at most ${HIGHEST_SPEED}.`);
}

const HELP = `
By HTTP, for tests and drills:
  GET /healthz, GET /readyz
  GET /truth[?settled=true]       what every account has, and every order that there ever was, counted
  POST /faults                    what is to go wrong: request_lost, reply_lost, timed_out, late, duplicate, disconnect
  GET /faults, DELETE /faults     what of it has not happened yet; takes it back
  in a dialect also: slow, error_reply, cancel_then_fill, reorder, maintenance, clock_skew, listen_key_expired
  POST /orders                    an order by hand: {"exchange": "binance-usdm", "account": "ikenna", "symbol": "BTCUSDT", "side": "SELL", "quantity": "0.01"}
  POST /settings                  how an account trades, by hand: {"exchange", "account"} with hedgeMode, or with symbol and leverage
  POST /deleverage                the exchange closes a position: {"exchange": "binance-usdm", "account": "ikenna", "symbol": "BTCUSDT"}
  POST /funding                   funding falls due now: {"exchange": "binance-usdm", "symbol": "BTCUSDT", "rate": "0.0001"}
  POST /market                    moves a price, with --hold: {"exchange": "okx", "symbol": "BTCUSDT", "price": "61000.5"}

Examples:
  bowline exchange-simulator --config bowline.yaml
  bowline exchange-simulator --config bowline.yaml --port 8430 --dir exchanges --seed 11 --speed 60
  bowline exchange-simulator --config bowline.yaml --hold --latency-ms 5
  bowline exchange-simulator --config bowline.yaml --ticks BTCUSDT=binance-usdm-btcusdt.gz --speed 10
  bowline exchange-simulator --config bowline.yaml --dialect binance-usdm=8431
  curl -s -X POST http://127.0.0.1:8430/faults -d '{"fault": "reply_lost", "account": "ikenna", "request": "place"}'`;
