/** The floor of what three roles write for a signal on its way: as many bytes, each made durable. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';

/** About what an order-generator, an oco-manager and an execution-gateway write. */
export const RECORDS = [800, 2_400, 600].map((bytes) => Buffer.alloc(bytes, 'x'));

/** Milliseconds for three writes, each durable before the next one begins. */
export function threeCommits(path, times) {
  const file = openSync(path, 'a');
  const taken = Array.from({ length: times }, () => {
    const start = performance.now();
    for (const bytes of RECORDS) {
      writeSync(file, bytes);
      fdatasyncSync(file);
    }
    return performance.now() - start;
  });
  closeSync(file);
  return taken;
}
