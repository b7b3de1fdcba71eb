import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';

/** What may be said on a line of user streams. */
const word = z.object({
  method: z.enum(['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS']),
  params: z.array(z.string().max(256)).max(1_024).default([]),
  id: z.union([z.number(), z.string(), z.null()]).default(null),
});

export interface UserLineEvents {
  /** False: the key is none, or is none any more. */
  join(key: string): boolean;
  leave(key: string): void;
}

/** Speaks on a line of user streams, which are asked for by listen keys: `{"method":"SUBSCRIBE","params":[KEY],"id":1}`. */
export function serveUserLine(socket: WebSocket, heard: Set<string>, events: UserLineEvents): void {
  socket.on('message', (data) => {
    const read = word.safeParse(jsonOrNull(data));
    if (!read.success)
      return socket.send(JSON.stringify({ error: { code: 2, msg: 'Invalid request' }, id: null }));
    const { id, method, params } = read.data;
    if (method === 'LIST_SUBSCRIPTIONS') return socket.send(JSON.stringify({ result: [...heard], id }));
    for (const key of params) {
      if (method === 'UNSUBSCRIBE') {
        if (heard.delete(key)) events.leave(key);
        continue;
      }
      if (heard.has(key)) continue;
      // What Binance does with a key that is none: it says yes, and nothing ever comes.
      if (events.join(key)) heard.add(key);
    }
    socket.send(JSON.stringify({ result: null, id }));
  });
}

function jsonOrNull(data: RawData): unknown {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
