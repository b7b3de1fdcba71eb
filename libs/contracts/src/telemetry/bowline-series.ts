import { counter, gauge, histogram } from './define.js';

/** From a quarter of a millisecond, where three group commits of a journal are, to what a person notices. */
const ONE_PROCESS_S = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const EXCHANGE_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** A group commit takes 0.1 ms; a disk that is busy, a hundred times as long. */
const COMMIT_S = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

export const BOWLINE_SERIES = {
  bowline_signal_to_send_seconds: histogram(
    'execution-gateway',
    'From the signal being accepted until its entry order was handed to the exchange, wall time.',
    ['symbol', 'exchange', 'client_id'],
    ONE_PROCESS_S,
  ),
  bowline_signal_to_ack_seconds: histogram(
    'execution-gateway',
    'From the signal being accepted until the exchange acknowledged its entry order, wall time.',
    ['symbol', 'exchange', 'client_id'],
    EXCHANGE_S,
  ),
  bowline_unknown_orders: gauge(
    'execution-gateway',
    'Orders of which it is not known whether the exchange has them.',
    ['symbol', 'exchange', 'client_id'],
  ),
  bowline_conditional_orders_used_ratio: gauge(
    'execution-gateway',
    'Stops that rest or may rest, as a share of how many the exchange allows the account: 1 is all of them.',
    ['exchange', 'client_id'],
  ),
  bowline_queued_requests: gauge(
    'execution-gateway',
    'Requests that wait until the exchange admits them, by priority.',
    ['priority', 'exchange', 'client_id'],
  ),
  bowline_rate_limit_used_ratio: gauge(
    'execution-gateway',
    "What has been used of an exchange's limit within its interval: 1 is all of it.",
    ['limit', 'exchange', 'client_id'],
  ),
  bowline_throttled_seconds_total: counter(
    'execution-gateway',
    'For how long any request has waited until the exchange admits it.',
    ['exchange', 'client_id'],
  ),
  bowline_unprotected_seconds: histogram(
    'oco-manager',
    'From when open quantity had no stop in force, acknowledged or watched, until it had one or was closed.',
    ['symbol', 'position_side', 'exchange', 'client_id'],
    EXCHANGE_S,
  ),
  bowline_oco_pairs: gauge('oco-manager', 'OCO pairs of open positions, by how they are protected.', [
    'symbol',
    'mode',
    'exchange',
    'client_id',
  ]),
  bowline_degraded_pairs: gauge('oco-manager', 'OCO pairs of which a wanted leg is not there.', [
    'symbol',
    'exchange',
    'client_id',
  ]),
  bowline_share_difference_lots: gauge(
    'oco-manager',
    'Sum of all shares, EXTERNAL and DUST less the exchange position, when last compared at rest; 0: equal.',
    ['symbol', 'exchange', 'client_id'],
  ),
  bowline_halted: gauge(
    'every-role',
    '1 while trading is HALTED by the writer of that state: a client, a channel, or a strategy; labels that it spans are empty.',
    ['client_id', 'exchange', 'symbol', 'strategy_id'],
  ),
  bowline_inbox_duplicates_total: counter('every-role', 'Messages that had been handled before.', [
    'role',
    'shard',
  ]),
  bowline_quarantined_keys: gauge(
    'every-role',
    'Keys that are set aside because a bug struck or a message always fails.',
    ['role', 'shard'],
  ),
  bowline_dead_letters_total: counter('every-role', 'Messages that were set aside.', ['role', 'shard']),
  bowline_journal_append_seconds: histogram(
    'every-role',
    'From an append to the journal until it was durable, wall time.',
    ['role'],
    COMMIT_S,
  ),
  bowline_recovery_seconds: gauge(
    'every-role',
    'How long the last start took to load snapshot and journal, wall time.',
    ['role', 'shard'],
  ),
  bowline_bus_backlog_messages: gauge('program', 'Messages that are published and not yet acknowledged.', [
    'topic',
    'group',
  ]),
  bowline_bus_oldest_message_seconds: gauge('program', 'Age of the oldest message of the backlog.', [
    'topic',
    'group',
  ]),
  bowline_bus_silent_seconds: gauge(
    'program',
    'How long it is since the bus has shown that a subscription of this process is alive.',
    ['topic', 'group'],
  ),
} as const;
