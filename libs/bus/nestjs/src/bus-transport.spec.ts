import type { Bus, BusMessage, Delivery, SubscribeOptions, Subscription } from '@bowline/ports';
import { BusError } from '@bowline/ports';
import { busMessage, gate } from '@bowline/testkit';
import { afterEach, describe, expect, it } from '@jest/globals';
import type {
  CanActivate,
  ExceptionFilter,
  INestMicroservice,
  NestInterceptor,
  PipeTransform,
  Type,
} from '@nestjs/common';
import { Catch, Controller, Inject, Module, UseFilters, UseGuards, UseInterceptors } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { Ctx, EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { catchError, concat, EMPTY, from, of, Subject, throwError } from 'rxjs';
import type { BusContext, BusRoute } from './index.js';
import { BusPattern, BusTransport } from './index.js';

type Handle = (message: BusMessage, context: BusContext) => unknown;

const SIGNALS: BusRoute = { pattern: 'signals', topic: 'signals.ikenna', group: 'order-generator' };
const FAILURE = new Error('the journal is full');
const RPC_FAILURE = new RpcException('the journal is full');

let app: INestMicroservice | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

describe('a handler that succeeds', () => {
  it('acknowledges once its promise resolves, and not before', async () => {
    const durable = gate();
    const bus = await started(controllerOf(() => durable.opened));
    const { outcome } = bus.hand('signals.ikenna');

    await aTurn();
    expect(outcome()).toBe('open');
    durable.open();
    await aTurn();
    expect(outcome()).toBe('acknowledged');
  });

  it('acknowledges once its observable completes, and not at its first value', async () => {
    const values = new Subject<string>();
    const bus = await started(controllerOf(() => values));
    const { outcome } = bus.hand('signals.ikenna');

    await aTurn();
    values.next('journaled');
    await aTurn();
    expect(outcome()).toBe('open');
    values.complete();
    await aTurn();
    expect(outcome()).toBe('acknowledged');
  });

  it.each<[string, Handle]>([
    ['nothing', () => undefined],
    ['a value', () => 'done'],
    ['a promise', async () => undefined],
    ['an observable', () => of('done')],
    ['a promise of an observable', async () => from(['begun', 'done'])],
  ])('acknowledges where it returns %s', async (_, handle) => {
    const bus = await started(controllerOf(handle));
    await expect(bus.hand('signals.ikenna').done).resolves.toBeUndefined();
  });

  it('gets the message as its payload, and the delivery in its context', async () => {
    const seen: unknown[] = [];
    const bus = await started(
      controllerOf((message, context) => {
        seen.push(message, context.delivery.attempt, context.delivery.message);
        context.delivery.ack();
      }),
    );
    const message = busMessage('m1', { topic: 'signals.ikenna' });
    const { acks, done } = bus.hand('signals.ikenna', message, 3);
    await done;

    expect(seen).toEqual([message, 3, message]);
    expect(acks()).toBe(1);
  });
});

describe('a handler that fails is never acknowledged', () => {
  const failures: readonly [string, Handle, unknown][] = [
    ['it throws', raise(FAILURE), FAILURE],
    ['it throws what is no error', raise('a text'), 'a text'],
    ['its promise is rejected', () => Promise.reject(FAILURE), FAILURE],
    ['its observable fails', () => throwError(() => FAILURE), FAILURE],
    [
      'its observable fails after a value',
      () =>
        concat(
          of(1),
          throwError(() => FAILURE),
        ),
      FAILURE,
    ],
    ['its promise gives an observable that fails', async () => throwError(() => FAILURE), FAILURE],
    ['it throws an RpcException', raise(RPC_FAILURE), RPC_FAILURE],
    ['its promise is rejected with an RpcException', () => Promise.reject(RPC_FAILURE), RPC_FAILURE],
    ['its observable fails with an RpcException', () => throwError(() => RPC_FAILURE), RPC_FAILURE],
  ];

  it.each(failures)('%s', async (_, handle, error) => {
    const bus = await started(controllerOf(handle));
    await expect(bus.hand('signals.ikenna').done).rejects.toBe(error);
  });

  it('its observable completes without a value', async () => {
    const bus = await started(controllerOf(() => EMPTY));
    await expect(bus.hand('signals.ikenna').done).rejects.toThrow(
      /pattern signals completed without a value/,
    );
  });

  describe.each<[string, ExceptionFilter['catch']]>([
    ['resolves', async () => undefined],
    ['returns nothing', () => undefined],
    ['returns a value', () => 'handled'],
    ['returns an observable of a value', () => of('handled')],
    ['returns an empty observable', () => EMPTY],
  ])('whatever an exception filter does that %s', (_, swallow) => {
    @Catch()
    class Swallow implements ExceptionFilter {
      readonly catch = swallow;
    }

    it.each(failures)('as a global filter: %s', async (__, handle, error) => {
      const bus = await started(controllerOf(handle), (nest) => nest.useGlobalFilters(new Swallow()));
      await expect(bus.hand('signals.ikenna').done).rejects.toBe(error);
    });

    it.each(failures)(
      'as a provider of the module and a filter of the controller: %s',
      async (__, handle, error) => {
        const controller = controllerOf(handle);
        UseFilters(Swallow)(controller);
        const bus = await started(controller, () => undefined, [{ provide: APP_FILTER, useClass: Swallow }]);
        await expect(bus.hand('signals.ikenna').done).rejects.toBe(error);
      },
    );
  });

  it('a pipe refuses its payload', async () => {
    const handled: string[] = [];
    const pipe: PipeTransform = { transform: raise(FAILURE) };
    const bus = await started(
      controllerOf((message) => handled.push(message.id)),
      (nest) => nest.useGlobalPipes(pipe),
    );
    await expect(bus.hand('signals.ikenna').done).rejects.toBe(FAILURE);
    expect(handled).toEqual([]);
  });

  it('a guard refuses', async () => {
    const guard: CanActivate = { canActivate: () => false };
    const controller = controllerOf(() => undefined);
    UseGuards(guard)(controller);
    const bus = await started(controller);
    await expect(bus.hand('signals.ikenna').done).rejects.toBeInstanceOf(RpcException);
  });

  it('an interceptor swallows the failure', async () => {
    const swallow: NestInterceptor = {
      intercept: (_, next) => next.handle().pipe(catchError(() => EMPTY)),
    };
    const controller = controllerOf(raise(FAILURE));
    UseInterceptors(swallow)(controller);
    const bus = await started(controller);
    await expect(bus.hand('signals.ikenna').done).rejects.toThrow(/completed without a value/);
  });
});

describe('connecting the bus', () => {
  it('leads many topics to one handler, each with its own options', async () => {
    const seen: string[] = [];
    const accepts = (): boolean => true;
    const routes: readonly BusRoute[] = [
      SIGNALS,
      { ...SIGNALS, topic: 'signals.odum', group: 'order-generator/odum', accepts, acknowledge: 'later' },
    ];
    const controller = controllerOf((message) => void seen.push(message.id));
    const bus = await started(controller, () => undefined, [], routes);
    await bus.hand('signals.ikenna', busMessage('m1')).done;
    await bus.hand('signals.odum', busMessage('m2')).done;

    expect(seen).toEqual(['m1', 'm2']);
    expect(bus.subscriptions).toEqual([
      { topic: 'signals.ikenna', group: 'order-generator', handle: expect.any(Function) },
      {
        topic: 'signals.odum',
        group: 'order-generator/odum',
        accepts,
        acknowledge: 'later',
        handle: expect.any(Function),
      },
    ]);
  });

  it('gives handlers what was injected by its token', async () => {
    const JOURNAL = Symbol('journal');
    const journal: string[] = [];
    @Controller()
    class Signals {
      constructor(@Inject(JOURNAL) private readonly entries: string[]) {}

      @BusPattern('signals')
      async onSignal(@Payload() message: BusMessage): Promise<void> {
        this.entries.push(message.id);
      }
    }
    const bus = await started(Signals, () => undefined, [{ provide: JOURNAL, useValue: journal }]);
    await bus.hand('signals.ikenna', busMessage('m1')).done;
    expect(journal).toEqual(['m1']);
  });

  it('closes its subscriptions with the application, and waits for what is in hand', async () => {
    const bus = await started(controllerOf(() => undefined));
    const inHand = gate();
    bus.untilClosed = inHand.opened;
    let closed = false;
    const closing = app!.close().then(() => {
      closed = true;
    });
    await aTurn();
    expect([bus.closed, closed]).toEqual([['signals.ikenna'], false]);
    inHand.open();
    await closing;
    expect(closed).toBe(true);
  });

  describe('fails', () => {
    @Controller()
    class Other {
      @BusPattern('signals')
      onSignal(): void {}
    }

    @Controller()
    class Dead {
      @BusPattern('executions')
      onExecution(): void {}
    }

    @Controller()
    class Plain {
      @EventPattern<string>('signals')
      onSignal(): void {}
    }

    @Controller()
    class Request {
      @MessagePattern('signals')
      onSignal(): void {}
    }

    const ours = controllerOf(() => undefined);
    it.each<[string, readonly Type[], RegExp]>([
      ['without a handler', [], /pattern signals \(topic signals\.ikenna\) has no handler/],
      ['with two handlers', [ours, Other], /pattern signals \(topic signals\.ikenna\) has more than one/],
      ['with a handler of another transport', [Plain], /pattern signals .* declare it with @BusPattern/],
      ['with a handler that answers', [Request], /pattern signals .* declare it with @BusPattern/],
      ['with one of each', [Request, ours], /pattern signals .* has more than one/],
      ['with one of each, the other way round', [ours, Request], /pattern signals .* declare it with/],
      ['with a handler that no topic leads to', [ours, Dead], /pattern executions .* no topic leads to it/],
    ])('%s', async (_, controllers, problem) => {
      const bus = new HandBus();
      await expect(listen(bus, controllers)).rejects.toThrow(problem);
      expect(bus.subscriptions).toEqual([]);
    });

    it('with every problem named', async () => {
      await expect(listen(new HandBus(), [Dead])).rejects.toThrow(/signals\.ikenna.*executions/);
    });

    it('where the bus refuses a subscription, and closes the others', async () => {
      const bus = new HandBus();
      const routes = [{ ...SIGNALS, topic: 'signals.odum' }, SIGNALS, SIGNALS];
      await expect(listen(bus, [ours], routes)).rejects.toMatchObject({ name: 'BusError', kind: 'taken' });
      expect(bus.closed).toEqual(['signals.odum', 'signals.ikenna']);
    });
  });
});

/** A bus that hands out what a spec gives it: `handle`'s promise is the acknowledgement. */
class HandBus implements Bus {
  readonly subscriptions: SubscribeOptions[] = [];
  readonly closed: string[] = [];
  untilClosed = Promise.resolve();

  subscribe(options: SubscribeOptions): Subscription {
    const { group, topic } = options;
    if (this.subscriptions.some((known) => known.topic === topic && known.group === group)) {
      throw new BusError('taken', `group ${group} reads topic ${topic} already`);
    }
    this.subscriptions.push(options);
    return {
      close: () => {
        this.closed.push(topic);
        return this.untilClosed;
      },
    };
  }

  hand(topic: string, message = busMessage('m1', { topic }), attempt = 1): Handed {
    let acks = 0;
    let outcome: ReturnType<Handed['outcome']> = 'open';
    const delivery: Delivery = { message, group: 'g', attempt, ack: () => void (acks += 1) };
    const subscription = this.subscriptions.find((known) => known.topic === topic)!;
    const done = subscription.handle(delivery);
    done.then(
      () => (outcome = 'acknowledged'),
      () => (outcome = 'failed'),
    );
    return { done, outcome: () => outcome, acks: () => acks };
  }

  publish(): Promise<void> {
    return Promise.reject(new BusError('closed', 'nothing is published here'));
  }

  backlog(): readonly never[] {
    return [];
  }

  async close(): Promise<void> {
    await this.untilClosed;
  }
}

interface Handed {
  readonly done: Promise<void>;
  outcome(): 'open' | 'acknowledged' | 'failed';
  acks(): number;
}

function controllerOf(handle: Handle): Type {
  @Controller()
  class Signals {
    @BusPattern('signals')
    onSignal(@Payload() message: BusMessage, @Ctx() context: BusContext): unknown {
      return handle(message, context);
    }
  }
  return Signals;
}

/** A real application with one controller, connected to the bus. */
async function started(
  controller: Type,
  prepare: (nest: INestMicroservice) => unknown = () => undefined,
  providers: NonNullable<Parameters<typeof Module>[0]['providers']> = [],
  routes: readonly BusRoute[] = [SIGNALS],
): Promise<HandBus> {
  const bus = new HandBus();
  await listen(bus, [controller], routes, providers, prepare);
  return bus;
}

async function listen(
  bus: Bus,
  controllers: readonly Type[],
  routes: readonly BusRoute[] = [SIGNALS],
  providers: NonNullable<Parameters<typeof Module>[0]['providers']> = [],
  prepare: (nest: INestMicroservice) => unknown = () => undefined,
): Promise<void> {
  @Module({ controllers: [...controllers], providers })
  class Role {}
  app = await NestFactory.createMicroservice<MicroserviceOptions>(Role, {
    strategy: new BusTransport(bus, routes),
    logger: false,
  });
  prepare(app);
  await app.listen();
}

function raise(error: unknown): () => never {
  return () => {
    throw error;
  };
}

function aTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
