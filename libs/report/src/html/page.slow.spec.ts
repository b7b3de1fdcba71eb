import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findProgram, randomHistoricalResult, whenPresent } from '@bowline/testkit';
import { REPORT_FILES } from '../out-dir.js';
import { summarize } from '../summary/summary.js';
import { reportPage } from './page.js';

const STRATEGIES = ['</script><b>bold', 'mean-1', 'trend-1'];
const meta = {
  elapsedMs: 1_000,
  strategyTags: new Map<string, string>(),
  warnings: ['BTCUSDT: a gap of 285 minutes'],
};

whenPresent(
  'the report in a browser',
  'chromium',
  findProgram('chromium', 'chromium-browser', 'google-chrome'),
  (program) => {
    let root = '';
    let browser: Browser;
    let page: Page;
    /** Whatever the page complained of, and whatever it asked the network for. */
    const complaints: string[] = [];
    const requests: string[] = [];

    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), 'bowline-page-'));
      const result = randomHistoricalResult({
        clients: ['ikenna', 'odum'],
        strategies: STRATEGIES,
        trades: 900,
        bars: 20_000,
      });
      const path = join(root, 'report.html');
      writeFileSync(path, await reportPage(result, summarize(result, meta, REPORT_FILES)));
      browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
      page = await browser.newPage({ viewport: { width: 1_280, height: 900 }, reducedMotion: 'reduce' });
      page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (request.url() !== pathToFileURL(path).href) requests.push(request.url());
      });
      await page.context().setOffline(true);
      await page.goto(pathToFileURL(path).href);
    }, 60_000);

    afterAll(async () => {
      await browser.close();
      rmSync(root, { recursive: true, force: true });
    });

    /** How many different colors a chart's canvases show, once they show more than a background. */
    async function colorsIn(chart: string): Promise<number> {
      // As text: the functions of a browser are no names here.
      const counted = await page.waitForFunction(`(() => {
      const colors = new Set();
      for (const canvas of document.querySelectorAll('#${chart} canvas')) {
        if (canvas.width === 0 || canvas.height === 0) continue;
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        for (const pixel of new Uint32Array(data.buffer)) colors.add(pixel);
      }
      return colors.size > 3 ? colors.size : false;
    })()`);
      return Number(await counted.jsonValue());
    }

    const rows = (table: string): Promise<number> => page.locator(`${table} tbody tr`).count();
    const text = (selector: string): Promise<string> => page.locator(selector).innerText();

    describe('opened without a network', () => {
      it('draws both charts, with the attribution that the library asks for', async () => {
        expect(await colorsIn('equity-chart')).toBeGreaterThan(3);
        expect(await colorsIn('price-chart')).toBeGreaterThan(3);
        expect(await page.locator('#price-chart a[href*="tradingview.com"]').count()).toBe(1);
        expect(await text('footer')).toContain('TradingView Lightweight Charts');
      });

      it('fills the tables', async () => {
        expect(await rows('section:has(#clients) table')).toBe(2);
        expect(await page.locator('section:has(#strategies) > .scroll tbody tr').count()).toBe(3);
        expect(await rows('#trade-table')).toBe(50);
        expect(await text('.warnings')).toBe('BTCUSDT: a gap of 285 minutes');
      });

      it('shows a name as it is spelt', async () => {
        expect(
          await page.locator('section:has(#strategies) > .scroll tbody td:first-child').allInnerTexts(),
        ).toContain(STRATEGIES[0]);
        expect(await page.locator('#trade-strategy option').allInnerTexts()).toContain(STRATEGIES[0]);
        expect(await page.locator('main b').count()).toBe(0);
      });
    });

    describe('when it is used', () => {
      it('draws the curve of the chosen client and strategy', async () => {
        const all = await text('#curve-values');
        await page.selectOption('#curve-client', { label: 'odum' });
        const client = await text('#curve-values');
        await page.selectOption('#curve-strategy', { label: 'mean-1' });
        expect(new Set([all, client, await text('#curve-values')]).size).toBe(3);
      });

      it('lists and marks the trades of the chosen channel, strategy and reason', async () => {
        await page.selectOption('#trade-channel', { index: 4 });
        const whole = Number((await text('#trade-values')).split(' ')[0]);
        await page.selectOption('#trade-strategy', { label: 'trend-1' });
        await page.selectOption('#trade-reason', { label: 'stop_loss' });
        const some = Number((await text('#trade-values')).split(' ')[0]);
        expect(some).toBeGreaterThan(0);
        expect(some).toBeLessThan(whole);
        expect(await rows('#trade-table')).toBe(Math.min(50, some));
        expect(new Set(await page.locator('#trade-table tbody td:nth-child(8)').allInnerTexts())).toEqual(
          new Set(['stop_loss']),
        );
      });

      it('shows a trade on the chart from the keyboard, and what it was under the pointer', async () => {
        await page.locator('#trade-table tbody tr').first().locator('button').focus();
        await page.keyboard.press('Enter');
        expect(await page.locator('#trade-table tr.chosen').count()).toBe(1);
        const box = await page.locator('#price-chart').boundingBox();
        if (box === null) throw new Error('the chart has no place on the page');
        const tooltip = page.locator('#tooltip');
        for (let x = 0; x < box.width && !(await tooltip.isVisible()); x += 3) {
          await page.mouse.move(box.x + x, box.y + box.height / 2);
        }
        expect(await tooltip.innerText()).toMatch(/trend-1/);
      });

      it('sorts a table by a head, in both directions', async () => {
        const section = page.locator('section:has(#strategies) > .scroll');
        const column = async (): Promise<number[]> =>
          (await section.locator('tbody td:nth-child(8)').allInnerTexts()).map((cell) =>
            Number(cell.replace(/[+,]/g, '')),
          );
        const head = section.getByRole('button', { name: 'Net P&L' });
        await head.click();
        const falling = await column();
        await head.click();
        expect(await column()).toEqual([...falling].reverse());
        expect(falling).toEqual([...falling].sort((a, b) => b - a));
      });

      it('follows the system to dark and back', async () => {
        const background = (): Promise<string> =>
          page.evaluate('getComputedStyle(document.body).backgroundColor');
        const light = await background();
        await page.emulateMedia({ colorScheme: 'dark' });
        expect(await background()).not.toBe(light);
        await page.emulateMedia({ colorScheme: 'light' });
        expect(await background()).toBe(light);
      });
    });

    it('never complained, and asked the network for nothing', () => {
      expect(complaints).toEqual([]);
      expect(requests).toEqual([]);
    });
  },
);
