import { describe, expect, it } from '@jest/globals';
import { profiledIds } from '../profiles.js';
import { exchangeIds, loadExchange } from './load.js';

describe('loading an exchange of ccxt', () => {
  it('gives its class, with its streams', async () => {
    const Okx = await loadExchange('okx');
    const okx = new Okx({});
    expect(okx.id).toBe('okx');
    expect(okx.has).toMatchObject({ createOrder: true, watchOrders: true });
  });

  it('gives the same class again', async () => {
    expect(await loadExchange('okx')).toBe(await loadExchange('okx'));
  });

  it.each([
    ['okex', 'okx'],
    ['binance-usdm', 'binanceusdm'],
    ['Kraken', 'kraken'],
    ['bybti', 'bybit'],
  ])('says of %s that there is none, and that %s is near', async (wrong, near) => {
    await expect(loadExchange(wrong)).rejects.toThrow(
      new RegExp(`ccxt has no exchange "${wrong}"; the nearest are .*\\b${near}\\b.*correct ccxtId`),
    );
  });

  it('knows more exchanges than we have profiles of, and all of those', () => {
    expect(exchangeIds()).toEqual(expect.arrayContaining([...profiledIds()]));
    expect(exchangeIds().length).toBeGreaterThan(80);
  });
});
