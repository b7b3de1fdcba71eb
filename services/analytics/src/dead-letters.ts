import {
  count,
  createTally,
  DEAD_LETTERS,
  deadLettersTopic,
  ROLES,
  samplesOf,
  traceIdOf,
  type RoleName,
  type Sample,
  type Tally,
} from '@bowline/contracts';
import { read, shardRoutes, type DeskLayout } from '@bowline/engine';
import type { BusMessage, Logger } from '@bowline/ports';
import type { AnalyticsRoute } from './analytics.js';
import { ANALYTICS_GROUP } from './read-body.js';

/** What readers of the bus could not take, in any process of the desk: it is counted, and the log says what it was. */
export class DeadLetters {
  readonly route: AnalyticsRoute = {
    pattern: `analytics/${DEAD_LETTERS}`,
    topic: DEAD_LETTERS,
    group: ANALYTICS_GROUP,
    acknowledge: 'handler',
  };
  private readonly tally: Tally<'every-role'> = createTally();
  /** Who reads anything: a label is not made of what only claims to be one of them. */
  private readonly groups: ReadonlySet<string>;

  constructor(
    layout: DeskLayout,
    private readonly logger: Logger,
  ) {
    this.groups = new Set([...ROLES, ...shardRoutes(layout).map(({ group }) => group)]);
  }

  take({ data, id, source }: Pick<BusMessage, 'data' | 'id' | 'source'>): void {
    const letter = read(data, deadLettersTopic);
    if (letter instanceof Error || !this.groups.has(letter.group)) {
      const error = letter instanceof Error ? letter : new Error(`${letter.group} reads nothing`);
      this.logger.error({ error, id, source }, 'analytics has put a message aside');
      return;
    }
    const { attempts, group, message, reason } = letter;
    const [role = '', ...shard] = group.split('/');
    count(this.tally, 'bowline_dead_letters_total', { role: role as RoleName, shard: shard.join('/') });
    const trace = message.traceparent === null ? {} : { trace: traceIdOf(message.traceparent) };
    this.logger.error(
      {
        group,
        reason,
        attempts,
        topic: message.topic,
        messageId: message.id,
        source: message.source,
        ...trace,
      },
      'a message was set aside: nobody has acted on it',
    );
  }

  samples(): Iterable<Sample<'every-role'>> {
    return samplesOf(this.tally);
  }
}
