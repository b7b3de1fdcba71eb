import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { historicalInput, oneSignalAtATime, outcomeOfLoop, playBars } from '@bowline/testkit';
import { runHistorical } from '../historical/run-historical.js';
it('x', async () => {
  const input = oneSignalAtATime(historicalInput(JSON.parse(readFileSync('/tmp/parity-case.json','utf8'))));
  const result = runHistorical(input);
  const t0 = input.markets[0]!.bars.openTime[0]!;
  for (const m of input.markets) console.log(m.exchange, m.symbol, [...m.bars.openTime].map((t,i)=>`${(t-t0)/60000}:${m.bars.open[i]}/${m.bars.high[i]}/${m.bars.low[i]}/${m.bars.close[i]}`).join(' '), m.bars.intervalMs/60000);
  (globalThis as any).parityTold = (told: any) => {
    for (const e of told.get('christian').audited) if (e.strategyId==='s0' && e.exchange==='okx') console.log((e.at-t0)/60000, (e.signalTime-t0)/60000, e.signal, e.outcome, e.code, e.text);
    for (const m of told.get('christian').positions) if (m.channel.exchange==='okx') for (const o of m.orders) if (o.strategyId==='s0') console.log((m.at-t0)/60000, JSON.stringify(o, (k,v)=> typeof v==='bigint'?String(v):v));
  };
  const expected = outcomeOfLoop(input, result);
  expect(await playBars(input)).toEqual(expected);
});
