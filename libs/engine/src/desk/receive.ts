import { decodeJson } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';
import type { Runner } from '../runner/runner.js';

interface Schema<T> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: T } | { readonly success: false; readonly error: Error };
}

/**
 * Reads a message and hands it to the runner; one that cannot be read is put aside.
 *
 * @param inputOf null where a message says nothing to the shard, whenever it comes: there is nothing to record
 */
export async function receive<State, Input, Event, Effect, Body>(
  runner: Runner<State, Input, Event, Effect>,
  message: BusMessage,
  schema: Schema<Body>,
  inputOf: (body: Body) => NoInfer<Input> | null,
): Promise<void> {
  const { epoch, id, source, topic } = message;
  const envelope = { id, source, epoch, topic };
  const body = read(message.data, schema);
  if (body instanceof Error) return runner.park(envelope, body);
  const input = inputOf(body);
  if (input !== null) await runner.handle(envelope, input);
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
