import { describe, expect, it } from '@jest/globals';
import { get, post, testDesk } from './test-desk.spec-support.js';

const desk = await testDesk();

describe('x', () => {
  it('works', async () => {
    console.log(JSON.stringify(await post(`${desk.url}/v1/signals`, {strategy:'trend-fast', symbol:'BTCUSDT', signal:'buy'}), null, 1), desk.published());
    for (const [m, p] of [['GET','/'],['GET','/v1/statu'],['GET','/v1/status'],['POST','/v1/status'],['OPTIONS','/v1/status'],['OPTIONS','/nix'],['HEAD','/v1/status'],['GET','/metrics'],['GET','/healthz'],['GET','/v1/openapi.json'],['DELETE','/v1/signals'],['GET','/%ZZ'],  ['HEAD','/nix']]) {
      const r = await get(desk.url + p, {method:m}); console.log(m,p,r.status,[...r.headers], JSON.stringify(r.body).slice(0,300));
    }
    for (const [b,h] of [['',{}],['{',{}],['x=1',{'content-type':'text/plain'}],['x=1',{'content-type':'application/x-www-form-urlencoded'}],['a'.repeat(300000),{}],['{}',{'content-encoding':'gzip'}],['{}',{host:'evil.com'}],[new Uint8Array([0xff,0xfe]),{}],['{}',{'content-type':'application/problem+json'}], ['{}',{'content-type':''}]] as any) {
      const r = await post(desk.url+'/v1/signals', b, h); console.log(String(b).slice(0,10),h,r.status,r.headers.get('content-type'), r.body);
    }
    console.log(desk.log.lines);
    expect(1).toBe(1);
  });
});
