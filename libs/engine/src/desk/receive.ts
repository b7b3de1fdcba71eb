import { decodeJson } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';
import type { Envelope } from '../runner/role.js';
import type { Runner } from '../runner/runner.js';
import type { OwnMessages } from './own-messages.js';

interface Schema<T> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: T } | { readonly success: false; readonly error: Error };
}

/**
 * Reads a message and hands it to the runner; one that cannot be read, or that is none of the shard's, is put aside.
 *
 * @param inputOf null where a message says nothing to the shard, whenever it comes: there is nothing to record
 */
export async function receive<State, Input, Event, Effect, Body>(
  runner: Runner<State, Input, Event, Effect>,
  message: BusMessage,
  schema: Schema<Body>,
  own: OwnMessages<NoInfer<Body>>,
  inputOf: (body: Body) => NoInfer<Input> | null,
): Promise<void> {
  const { epoch, id, key, source, time, topic, traceparent } = message;
  const sender = own.sender?.(key) ?? source;
  if (source !== sender) {
    return refuse(runner, message, `it comes from ${source}, and only ${sender} may send it`);
  }
  const envelope =
    traceparent === undefined
      ? { id, source, epoch, topic, time }
      : { id, source, epoch, topic, time, traceparent };
  const body = read(message.data, schema);
  if (body instanceof Error) return runner.park(envelope, body);
  const about = own.about(body);
  if (!about.isOwn) return refuse(runner, message, `it is about ${about.key}, which is none of its own`);
  if (about.key !== key) return refuse(runner, message, `it is about ${about.key}, and its key is ${key}`);
  const input = inputOf(body);
  if (input !== null) await runner.handle(envelope, input);
}

/**
 * Puts a message aside under a name of its own: what it says of its id, its sender and its epoch may be as wrong as the
 * rest, and would be held against the one whose they are.
 */
function refuse<State, Input, Event, Effect>(
  runner: Runner<State, Input, Event, Effect>,
  { id, source, topic, traceparent }: BusMessage,
  reason: string,
): Promise<void> {
  const envelope: Envelope = {
    ...{ id: `refused/${id}`, source: `refused/${source}`, epoch: 0, topic },
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  return runner.park(envelope, new Error(reason));
}

/** The body of a message, or why it cannot be read. */
export function read<Body>(data: string, schema: Schema<Body>): Body | Error {
  try {
    const parsed = schema.safeParse(decodeJson(data));
    return parsed.success ? parsed.data : parsed.error;
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    throw error;
  }
}
