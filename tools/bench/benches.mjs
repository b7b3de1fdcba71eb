/** Every bench: a module that exports `run({ quick, log })`, a promise of rows. */
export const BENCHES = {
  'historical-loop': {
    file: './historical-loop.mjs',
    about: 'ten strategies over a million bars, beside a bare kernel and grademark',
  },
  'backtest-command': {
    file: './backtest-command.mjs',
    about: 'five million bars from Parquet to a written report, beside reading them',
  },
  'read-bars': {
    file: './read-bars.mjs',
    about: 'reading and checking five million bars, beside only copying them',
  },
  'trigger-index': {
    file: './trigger-index.mjs',
    about: 'price ticks against 100,000 resting pairs, beside two heaps and a scan',
  },
  'order-book': {
    file: './order-book.mjs',
    about: "the simulator's order book, beside nodejs-order-book",
  },
  journal: {
    file: './journal.mjs',
    about: 'durable appends and recovery of the embedded journal, beside the disk itself',
  },
  'signal-path': {
    file: './signal-path.mjs',
    about: 'a signal through three roles to the exchange, and recovery, beside the disk itself',
  },
  'local-bus': {
    file: './bus.mjs',
    about: 'a hop over the local bus, with and without Nest',
  },
  'redis-bus': {
    file: './redis-bus.mjs',
    about: 'a hop over the Redis bus, beside Redis itself',
  },
  'pubsub-bus': {
    file: './pubsub-bus.mjs',
    about: "a hop over the Pub/Sub bus and Google's emulator, beside Google's own clients",
  },
  'redis-path': {
    file: './redis-path.mjs',
    about: 'a signal through three processes over Redis Streams, beside three raw hops and commits',
  },
  'pubsub-path': {
    file: './pubsub-path.mjs',
    about: "the same over Pub/Sub and Google's emulator",
  },
  'exchange-lines': {
    file: './exchange-lines.mjs',
    about: 'orders over a line to an exchange simulator in another process, beside lines answered blindly',
  },
  processes: {
    file: './processes.mjs',
    about: 'boot and memory of each role as a process of its own, beside Node itself',
  },
};
