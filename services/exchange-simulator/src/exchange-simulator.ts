import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { InputError } from '@bowline/contracts';
import type { Logger } from '@bowline/ports';
import { answer } from './admin.js';
import { hangUp, Refusal, refusalAnswer, send } from './http-answer.js';
import { DialectServer } from './binance/common/dialect-server.js';
import type { ExchangeSimulatorOptions } from './options.js';
import { Simulation } from './simulation.js';
import { Streams } from './streams.js';

const DEFAULT_HOST = '127.0.0.1';

/**
 * Exchanges in a process of their own: accounts trade there over lines (`RemoteExchangeClient`), markets are read over
 * others (`RemoteMarketFeed`), and tests ask for the truth, or for faults, by HTTP; all at one port.
 */
export class ExchangeSimulator {
  private constructor(
    /** `http://127.0.0.1:8430` */
    readonly url: string,
    private readonly server: Server,
    /** Where each exchange that has a dialect speaks it: `http://127.0.0.1:8431` */
    readonly dialectUrls: Readonly<Record<string, string>>,
    private readonly streams: Streams,
    private readonly dialects: readonly DialectServer[],
    private readonly simulation: Simulation,
  ) {}

  /**
   * Opens the exchanges, and listens.
   *
   * @param onStopped told where they cannot go on: they should be closed, and opened again
   * @throws InputError where the address cannot be had, JournalError where another process holds the folder,
   *   ExchangeLogError where a log cannot be used
   */
  static async open(
    options: ExchangeSimulatorOptions,
    onStopped: (error: Error) => void,
  ): Promise<ExchangeSimulator> {
    const { host = DEFAULT_HOST, logger, port } = options;
    const simulation = await Simulation.open(options, (error) => {
      logger.error({ error }, 'the exchanges cannot go on');
      onStopped(error);
    });
    const streams = new Streams(simulation, logger);
    const server = createServer((request, response) => void respond(simulation, logger, request, response));
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', (error) => logger.info({ error }, 'a line has broken'));
      try {
        streams.accept(request, socket, head);
      } catch (error) {
        if (!(error instanceof Refusal)) {
          logger.error({ path: request.url, error }, 'a line could not be opened');
          return void socket.destroy();
        }
        logger.warn({ path: request.url, detail: error.detail }, 'a line was refused');
        hangUp(socket, refusalAnswer(error));
      }
    });
    const dialects: DialectServer[] = [];
    try {
      const dialectUrls: Record<string, string> = {};
      for (const { dialect, exchange, faults, port: at, time } of simulation.dialects()) {
        const spoken = new DialectServer(exchange, dialect, faults, time, logger);
        dialects.push(spoken);
        dialectUrls[exchange] = await orAddressProblem(
          spoken.listen(host, at),
          ...([host, at, `choose another one for ${exchange}`] as const),
        );
      }
      await listen(server, host, port);
      return new ExchangeSimulator(urlOf(server), server, dialectUrls, streams, dialects, simulation);
    } catch (error) {
      for (const dialect of dialects) await dialect.close();
      await simulation.close();
      throw error;
    }
  }

  /** Hangs up, and ends as a death of the process would: what is on its way is gone. */
  async close(): Promise<void> {
    this.streams.close();
    for (const dialect of this.dialects) await dialect.close();
    const closed = new Promise((resolve) => {
      this.server.close(resolve);
    });
    this.server.closeAllConnections();
    await closed;
    await this.simulation.close();
  }
}

async function respond(
  simulation: Simulation,
  logger: Logger,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    send(response, await answer(simulation, request));
  } catch (error) {
    if (error instanceof Refusal) return send(response, refusalAnswer(error));
    logger.error({ path: request.url, error }, 'a request has failed');
    response.destroy();
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return orAddressProblem(listening, host, port, 'choose one with --port');
}

async function orAddressProblem<T>(
  listening: Promise<T>,
  host: string,
  port: number,
  advice: string,
): Promise<T> {
  try {
    return await listening;
  } catch (error) {
    throw addressProblem(error as NodeJS.ErrnoException, host, port, advice);
  }
}

function addressProblem(error: NodeJS.ErrnoException, host: string, port: number, advice: string): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new InputError([`port ${port} is taken (by another exchange simulator?); ${advice}`]);
    case 'EACCES':
      return new InputError([`port ${port} needs privileges that this user lacks; ${advice}`]);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new InputError([`this machine has no address ${host}; choose one with --host`]);
    default:
      return error;
  }
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
