import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@bowline/testkit';
import { Wire, type Traffic } from './wire.js';

let server: Server | null = null;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

async function serve(listener: RequestListener): Promise<string> {
  const made = createServer(listener);
  server = made;
  await new Promise<void>((resolve) => {
    made.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}/order`;
}

const clock = new ManualClock(1_000);
const wire = new Wire(clock, (body) => {
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : null;
  return typeof code === 'number' ? String(code) : null;
});

const traffic = (change: Partial<Traffic> = {}): Traffic => ({
  ...{ deadline: null, headers: {}, outcomes: [], weight: 0, retryAfterMs: null },
  ...change,
});

const post = { method: 'POST', headers: { 'x-own': '1' }, body: 'a=1', signal: new AbortController().signal };

describe('the wire', () => {
  it('sends what it is given, with the headers of the call, and knows the answer', async () => {
    const heard: unknown[] = [];
    const url = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (body: string) => {
        heard.push([request.method, request.headers['x-own'], request.headers['exptime'], body]);
        response.writeHead(400, { 'retry-after': '3' }).end('{"code":-2022}');
      });
    });
    const call = traffic({ headers: { expTime: '5' } });
    const answer = await wire.run(call, () => wire.fetch(url, post));
    expect(await answer.text()).toBe('{"code":-2022}');
    expect(heard).toEqual([['POST', '1', '5', 'a=1']]);
    expect(call).toMatchObject({ outcomes: [{ status: 400, code: '-2022' }], retryAfterMs: 3_000 });
  });

  it('knows that nothing has left where nobody listens', async () => {
    const url = await serve(() => undefined);
    await new Promise((resolve) => {
      server?.close(resolve);
    });
    const call = traffic();
    await expect(wire.run(call, () => wire.fetch(url, post))).rejects.toThrow('fetch failed');
    expect(call.outcomes).toEqual(['not_sent']);
  });

  it('knows that it may have arrived where the line breaks', async () => {
    const url = await serve((request) => void request.on('data', () => request.socket.destroy()));
    const call = traffic();
    await expect(wire.run(call, () => wire.fetch(url, post))).rejects.toThrow('fetch failed');
    expect(call.outcomes).toEqual(['lost']);
  });

  it('knows that it may have arrived where the answer breaks off', async () => {
    const url = await serve((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { 'content-length': '100' }).write('{"code"');
        response.socket?.destroy();
      });
    });
    const call = traffic();
    await expect(wire.run(call, () => wire.fetch(url, post))).rejects.toThrow();
    expect(call.outcomes).toEqual(['lost']);
  });

  it('sends nothing whose time is over', async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests += 1;
      response.end();
    });
    const call = traffic({ deadline: clock.now() - 1 });
    await expect(wire.run(call, () => wire.fetch(url, post))).rejects.toThrow('its time was over');
    expect([call.outcomes, requests]).toEqual([['not_sent'], 0]);
  });

  it('tells whoever waits that the answer is lost once it is closed', async () => {
    const closing = new Wire(clock, () => null);
    const url = await serve(() => closing.close());
    const call = traffic();
    await expect(closing.run(call, () => closing.fetch(url, post))).rejects.toThrow('aborted');
    expect(call.outcomes).toEqual(['lost']);
  });

  it('counts what each call weighs', async () => {
    const [one, other] = [traffic(), traffic()];
    await Promise.all([
      wire.run(one, async () => {
        wire.weigh(4);
        await Promise.resolve();
        wire.weigh(1);
      }),
      wire.run(other, () => Promise.resolve(wire.weigh(20))),
    ]);
    expect([one.weight, other.weight]).toEqual([5, 20]);
  });
});
