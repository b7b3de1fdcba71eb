import type { IncomingMessage } from 'node:http';
import { decimal, parseDecimal, priceToTicks } from '@bowline/domain';
import { z } from 'zod';
import { problemOf } from './account-word.js';
import { deleverage, deleverageOrder, fund, fundingOrder } from './by-the-exchange.js';
import { handOrder, handSetting, placeByHand, setByHand } from './by-hand.js';
import { faultOrder } from './faults.js';
import { jsonAnswer, Refusal, targetOf, type HttpAnswer } from './http-answer.js';
import type { Simulation } from './simulation.js';

const MOST_BYTES = 65_536;

const priceMove = z.strictObject({
  exchange: z.string(),
  symbol: z.string(),
  price: z.string().describe('Decimal text.'),
});

type Handle = (
  simulation: Simulation,
  request: IncomingMessage,
  query: URLSearchParams,
) => Promise<HttpAnswer>;

/** What tests and operators ask of the process itself, by path and method. */
const ROUTES: Readonly<Record<string, Readonly<Record<string, Handle>>>> = {
  '/healthz': { GET: health },
  '/readyz': { GET: health },
  '/truth': {
    GET: async (simulation, _, query) => jsonAnswer(await simulation.truth(query.get('settled') === 'true')),
  },
  '/faults': {
    GET: async (simulation) => faults(simulation),
    POST: async (simulation, request) => {
      simulation.order(await read(request, faultOrder));
      return faults(simulation);
    },
    DELETE: async (simulation) => {
      simulation.faults.clear();
      return faults(simulation);
    },
  },
  '/orders': {
    POST: async (simulation, request) => {
      const order = await read(request, handOrder);
      return jsonAnswer(simulation.act(order.exchange, (venue) => placeByHand(venue, order)));
    },
  },
  '/settings': {
    POST: async (simulation, request) => {
      const setting = await read(request, handSetting);
      simulation.act(setting.exchange, (venue) => setByHand(venue, setting));
      return jsonAnswer(setting);
    },
  },
  '/deleverage': {
    POST: async (simulation, request) => {
      const order = await read(request, deleverageOrder);
      simulation.act(order.exchange, (venue) => deleverage(venue, order));
      return jsonAnswer(order);
    },
  },
  '/funding': {
    POST: async (simulation, request) => {
      const order = await read(request, fundingOrder);
      simulation.act(order.exchange, (venue) => fund(venue, order));
      return jsonAnswer(order);
    },
  },
  '/market': { POST: move },
};

/** Answers a request. Throws a Refusal. */
export async function answer(simulation: Simulation, request: IncomingMessage): Promise<HttpAnswer> {
  const { pathname, searchParams } = targetOf(request);
  const route = Object.hasOwn(ROUTES, pathname) ? ROUTES[pathname] : undefined;
  if (route === undefined) {
    if (pathname.startsWith('/v1/')) throw new Refusal(426, 'this is a stream: ask for it with Upgrade');
    throw new Refusal(404, `there is no ${pathname}: there is ${Object.keys(ROUTES).join(', ')}`);
  }
  const method = request.method ?? '';
  const handle = Object.hasOwn(route, method) ? route[method] : undefined;
  if (handle === undefined)
    throw new Refusal(405, `${pathname} is there for ${Object.keys(route).join(', ')}, not for ${method}`);
  return handle(simulation, request, searchParams);
}

async function health({ trouble }: Simulation): Promise<HttpAnswer> {
  if (trouble === null) return jsonAnswer({ status: 'ok' });
  throw new Refusal(503, trouble.message);
}

function faults({ faults: script }: Simulation): HttpAnswer {
  return jsonAnswer({ pending: script.list() });
}

async function move(simulation: Simulation, request: IncomingMessage): Promise<HttpAnswer> {
  const { exchange, price, symbol } = await read(request, priceMove);
  const instrument = simulation.venue(exchange).options.instruments.find((each) => each.symbol === symbol);
  if (instrument === undefined) throw new Refusal(404, `${exchange} has no market ${symbol}`);
  const ticks = parseDecimal(price) === null ? null : priceToTicks(instrument, decimal(price));
  if (ticks === null || ticks < 1)
    throw new Refusal(
      400,
      `price: ${JSON.stringify(price)} is no multiple of the tick ${instrument.tickSize}`,
    );
  await simulation.move(exchange, symbol, ticks);
  return jsonAnswer({ exchange, symbol, price });
}

async function read<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Refusal(413, `a body has at most ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refusal(400, `the body is no JSON: ${error.message}`);
    throw error;
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, problemOf(parsed.error));
}
