/**
 * One hop over the local bus: a message is published, copied, handed to one group, and acknowledged. Handlers do
 * nothing, so that it is the bus that is measured.
 *
 * - in flight: 1,000 messages of 100 keys at a time
 * - awaited: each message is published when the one before it was acknowledged
 * - through Nest: the same behind a controller's handler
 *
 * The floor is the least that a bus which answers can be: a promise for each message, and a microtask that awaits the
 * handler.
 */
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import { LocalBus } from '../../libs/bus/local/dist/index.js';
import { BusPattern, BusTransport } from '../../libs/bus/nestjs/dist/index.js';
import { isMain } from './measure.mjs';
import { printRows } from './table.mjs';

const KEYS = 100;
const IN_FLIGHT = 1_000;
const ROUTE = { topic: 'orders.ikenna', group: 'execution-gateway' };

const messages = Array.from({ length: IN_FLIGHT }, (_, at) => ({
  topic: ROUTE.topic,
  key: `ikenna.binance-usdm.${at % KEYS}`,
  id: `message-${at}`,
  source: 'oco-manager/ikenna.binance-usdm.BTCUSDT',
  epoch: 1,
  time: 1_736_164_800_000,
  cause: null,
  data: '{"type":"bowline.order.v1"}',
}));

class Floor {
  handle = null;

  publish(message) {
    return new Promise((resolve) => {
      queueMicrotask(async () => {
        await this.handle({ message, attempt: 1 });
        resolve();
      });
    });
  }
}

/** A subject: a bus whose one reader counts. */
function openFloor() {
  const subject = { bus: new Floor(), handled: 0, close: async () => {} };
  subject.bus.handle = async () => {
    subject.handled += 1;
  };
  return subject;
}

function openBus() {
  const bus = new LocalBus();
  const subject = { bus, handled: 0, close: () => bus.close() };
  bus.subscribe({
    ...ROUTE,
    handle: async () => {
      subject.handled += 1;
    },
  });
  return subject;
}

async function openNest() {
  const bus = new LocalBus();
  const subject = { bus, handled: 0 };
  class Orders {
    async onOrder() {
      subject.handled += 1;
    }
  }
  class Role {}
  const method = Object.getOwnPropertyDescriptor(Orders.prototype, 'onOrder');
  BusPattern('orders')(Orders.prototype, 'onOrder', method);
  Payload()(Orders.prototype, 'onOrder', 0);
  Ctx()(Orders.prototype, 'onOrder', 1);
  Controller()(Orders);
  Module({ controllers: [Orders] })(Role);
  const strategy = new BusTransport(bus, [{ ...ROUTE, pattern: 'orders' }]);
  const app = await NestFactory.createMicroservice(Role, { strategy, logger: false });
  await app.listen();
  subject.close = async () => {
    await app.close();
    await bus.close();
  };
  return subject;
}

/** Nanoseconds for each message. */
async function inFlight({ bus }, count) {
  const start = process.hrtime.bigint();
  for (let sent = 0; sent < count; sent += IN_FLIGHT) {
    await Promise.all(messages.map((message) => bus.publish(message)));
  }
  return Number(process.hrtime.bigint() - start) / count;
}

async function awaited({ bus }, count) {
  const start = process.hrtime.bigint();
  for (let sent = 0; sent < count; sent += 1) await bus.publish(messages[sent % IN_FLIGHT]);
  return Number(process.hrtime.bigint() - start) / count;
}

/** In turns, so that a slow spell of the machine hits all of them; the lowest of each counts. */
async function measure(subjects, { rounds, count }) {
  const best = subjects.map(() => ({ inFlight: Infinity, awaited: Infinity }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, subject] of subjects.entries()) {
      const before = subject.handled;
      best[at].inFlight = Math.min(best[at].inFlight, await inFlight(subject, count));
      best[at].awaited = Math.min(best[at].awaited, await awaited(subject, count));
      const handled = subject.handled - before;
      if (handled !== 2 * count) throw new Error(`${handled} messages instead of ${2 * count}`);
    }
  }
  return best;
}

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false } = {}) {
  const subjects = [openFloor(), openBus(), await openNest()];
  const figures = await measure(subjects, { rounds: quick ? 3 : 8, count: quick ? 20_000 : 100_000 });
  for (const { close } of subjects) await close();
  const [floor, ours, nest] = figures;
  return [
    row('hop, 1,000 in flight', ours.inFlight, 'a promise, a microtask', floor.inFlight, 1000),
    row('hop, awaited', ours.awaited, 'a promise, a microtask', floor.awaited, null),
    row('hop through Nest, 1,000 in flight', nest.inFlight, 'without Nest', ours.inFlight, null),
    row('hop through Nest, awaited', nest.awaited, 'without Nest', ours.awaited, null),
  ];
}

function row(name, ours, referenceName, reference, targetNs) {
  return {
    name: `local bus: ${name}`,
    ours: Math.round(ours),
    unit: 'ns',
    reference: { name: referenceName, value: Math.round(reference) },
    ratio: ours / reference,
    target: targetNs === null ? null : `<= ${targetNs} ns`,
    ...(targetNs !== null && { met: ours <= targetNs }),
  };
}

if (isMain(import.meta.url)) printRows(await run());
