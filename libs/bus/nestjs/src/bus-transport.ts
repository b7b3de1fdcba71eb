import type { Bus, Delivery, SubscribeOptions, Subscription } from '@bowline/ports';
import type { CustomTransportStrategy, MessageHandler } from '@nestjs/microservices';
import { Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { BusContext } from './bus-context.js';
import { DECLARED } from './bus-pattern.js';

/** A subscription, and the handler that it feeds. Many topics may go to one pattern: `signals.ikenna` to `signals`. */
export interface BusRoute extends Omit<SubscribeOptions, 'handle'> {
  /** What the handler's `BusPattern` says. */
  readonly pattern: string;
}

/** An observable that completes without a value has not said that it succeeded. */
const NO_VALUE = Symbol('no value');

/**
 * Feeds Nest's handlers from a bus. Nest's own way, `Server.handleEvent`, resolves even where a handler has failed;
 * here its result is awaited, and a failure goes to the bus, which brings the message again.
 *
 * Give every Nest application one transport, with all routes of its handlers.
 */
export class BusTransport extends Server implements CustomTransportStrategy {
  /** Nest need not log what the bus is told. */
  override readonly propagatesEventHandlerErrors = true;
  private subscriptions: Subscription[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly routes: readonly BusRoute[],
  ) {
    super();
  }

  /**
   * Subscribes every route. Calls back with an error, and subscribes none, unless each has exactly one handler, and
   * each handler a route.
   */
  listen(callback: (error?: unknown) => void): void {
    try {
      const problems = [...this.routes.flatMap((route) => this.problemsOf(route)), ...this.deadHandlers()];
      if (problems.length > 0) throw new Error(`the bus cannot be connected: ${problems.join('; ')}`);
      for (const route of this.routes) this.subscriptions.push(this.subscribe(route));
    } catch (error) {
      this.close().then(() => callback(error), callback);
      return;
    }
    callback();
  }

  /** Takes no more messages, and resolves once those in hand are done. */
  async close(): Promise<void> {
    const { subscriptions } = this;
    this.subscriptions = [];
    await Promise.all(subscriptions.map((subscription) => subscription.close()));
  }

  /** A bus tells its events through its port. */
  on(event: string): never {
    throw new Error(`the bus transport has no event ${event}: look at the bus itself`);
  }

  unwrap<T = Bus>(): T {
    return this.bus as T;
  }

  private subscribe({ pattern, ...options }: BusRoute): Subscription {
    const handler = this.getHandlerByPattern(pattern);
    if (handler === null) throw new Error(`pattern ${pattern} has lost its handler`);
    return this.bus.subscribe({ ...options, handle: (delivery) => handOver(pattern, handler, delivery) });
  }

  private problemsOf({ pattern, topic }: BusRoute): readonly string[] {
    const handler = this.getHandlerByPattern(pattern);
    const where = `pattern ${pattern} (topic ${topic})`;
    if (handler === null) {
      return [`${where} has no handler: declare one with @BusPattern('${pattern}'), or take the route away`];
    }
    if (handler.next !== undefined) return [`${where} has more than one handler: leave one`];
    if (handler.extras?.[DECLARED] !== true) {
      return [`${where} has a handler that could fail unseen: declare it with @BusPattern('${pattern}')`];
    }
    return [];
  }

  private deadHandlers(): readonly string[] {
    const routed = new Set(this.routes.map(({ pattern }) => this.getRouteFromPattern(pattern)));
    return [...this.getHandlers().keys()]
      .filter((pattern) => !routed.has(pattern))
      .map((pattern) => `pattern ${pattern} has a handler and no route: no topic leads to it`);
  }
}

async function handOver(pattern: string, handler: MessageHandler, delivery: Delivery): Promise<void> {
  const result: unknown = await handler(delivery.message, new BusContext([delivery]));
  if (!isObservable(result)) return;
  const last = await lastValueFrom(result, { defaultValue: NO_VALUE });
  if (last !== NO_VALUE) return;
  throw new Error(
    `the handler of pattern ${pattern} completed without a value, which may be a failure that somebody swallowed: ` +
      'let it emit one when it has succeeded',
  );
}
