import { accountsTopic, auditTopic, decodeJson, positionsTopic } from '@bowline/contracts';
import type { TopicBody } from './model/live-model.js';

/** What analytics listens to. */
export type AnalyticsTopic = TopicBody['topic'];

export const ANALYTICS_TOPICS: readonly AnalyticsTopic[] = ['positions', 'audit', 'accounts'];

/** Reads as one group, however many clients there are. */
export const ANALYTICS_GROUP = 'analytics';

/** The body of a message, or why it cannot be read. */
export function readBody(topic: AnalyticsTopic, data: string): TopicBody | Error {
  let value: unknown;
  try {
    value = decodeJson(data);
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    throw error;
  }
  switch (topic) {
    case 'positions': {
      const parsed = positionsTopic.safeParse(value);
      return parsed.success ? { topic, body: parsed.data } : parsed.error;
    }
    case 'audit': {
      const parsed = auditTopic.safeParse(value);
      return parsed.success ? { topic, body: parsed.data } : parsed.error;
    }
    case 'accounts': {
      const parsed = accountsTopic.safeParse(value);
      return parsed.success ? { topic, body: parsed.data } : parsed.error;
    }
  }
}
