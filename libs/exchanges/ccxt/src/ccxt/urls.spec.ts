import { describe, expect, it } from '@jest/globals';
import { redirect } from './urls.js';

describe('other hosts for an exchange', () => {
  it('take the place of its own, whose paths stay', () => {
    const urls: Record<string, unknown> = {
      www: 'https://www.exchange.com',
      api: {
        public: 'https://api.{hostname}/v5',
        private: { spot: 'https://api.exchange.com/api/v3' },
        ws: { public: 'wss://stream.exchange.com:9443/ws', order: ['wss://a.exchange.com'] },
      },
    };
    redirect(urls, { restUrl: 'http://127.0.0.1:9000/', streamUrl: 'ws://127.0.0.1:9001' });
    expect(urls).toEqual({
      www: 'https://www.exchange.com',
      api: {
        public: 'http://127.0.0.1:9000/v5',
        private: { spot: 'http://127.0.0.1:9000/api/v3' },
        ws: { public: 'ws://127.0.0.1:9001/ws', order: ['ws://127.0.0.1:9001'] },
      },
    });
  });

  it('leave alone what is not overridden', () => {
    const urls: Record<string, unknown> = { api: { rest: 'https://a.com/v1', ws: 'wss://b.com' } };
    redirect(urls, { streamUrl: 'wss://c.com' });
    expect(urls['api']).toEqual({ rest: 'https://a.com/v1', ws: 'wss://c.com' });
  });

  it.each([
    [{ restUrl: 'localhost:9000' }, 'rest: "localhost:9000" is no URL such as https://host'],
    [{ restUrl: 'ws://localhost' }, 'rest: "ws://localhost" is no URL such as https://host'],
    [{ streamUrl: 'http://localhost' }, 'stream: "http://localhost" is no URL such as wss://host'],
  ])('have to be URLs: %j', (options, message) => {
    expect(() => redirect({ api: {} }, options)).toThrow(message);
  });
});
