import { spawn } from 'node:child_process';

/**
 * Runs a program with both of its outputs sent to our stderr. A signal that ends us is passed on and waited for, so
 * that nothing goes on writing behind the back of whoever runs next.
 *
 * @returns {Promise<{code: number, output: string}>} the exit code (128 when a signal ended it, 127 when it could not
 * be started) and all that it printed
 */
export function runQuietly(command, args, options) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const pass = (chunk) => {
      output += chunk;
      process.stderr.write(chunk);
    };
    const passOn = (signal) => child.kill(signal);
    const end = (code) => {
      process.off('SIGINT', passOn);
      process.off('SIGTERM', passOn);
      resolve({ code, output });
    };
    process.on('SIGINT', passOn);
    process.on('SIGTERM', passOn);
    child.stdout.on('data', pass);
    child.stderr.on('data', pass);
    child.on('error', (error) => {
      output += error.message;
      end(127);
    });
    child.on('close', (code) => end(code ?? 128));
  });
}
