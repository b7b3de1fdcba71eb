/**
 * Milliseconds since the machine was started: the same clock for all of its processes, which nobody can set, and which
 * goes on while a process is stopped.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
