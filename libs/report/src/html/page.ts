import type { BacktestSummary } from '@bowline/contracts';
import type { HistoricalResult } from '@bowline/ports';
import { headingText, minuteText, numberText } from '../format.js';
import { pageAssets } from './assets.js';
import { escapeHtml, inlineScript, scriptJson } from './escape.js';
import { currencyOf, pageData } from './page-data.js';
import {
  countsTable,
  exchangePositions,
  keyFigures,
  openPositions,
  performanceTable,
  strategyTable,
  warningsList,
} from './sections.js';

/**
 * The report as one HTML file that needs nothing else: styles, scripts and data are inside, and its content policy
 * forbids it to load anything. The tables are there without scripts, the charts and the list of trades are not. The
 * same result gives the same bytes.
 */
export async function reportPage(result: HistoricalResult, summary: BacktestSummary): Promise<string> {
  const assets = await pageAssets();
  const data = pageData(result, summary);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${headingText(summary.mode)} ${minuteText(summary.from)} to ${minuteText(summary.to)}</title>
<style>
${assets.style}
</style>
</head>
<body>
${body(summary, currencyOf(result))}
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>
${inlineScript(assets.charts)}
</script>
<script>
${inlineScript(assets.script)}
</script>
</body>
</html>
`;
}

function body(summary: BacktestSummary, currency: string): string {
  const counts = `${numberText(summary.bars, 0)} bars, ${numberText(summary.orders, 0)} orders, ${numberText(summary.fills, 0)} fills`;
  const whose =
    summary.convention === 'bowline' ? '' : `; figures by the definitions of ${summary.convention}`;
  return `<a class="skip" href="#main">Skip to the content</a>
<header>
<div><h1>${headingText(summary.mode)}</h1><p>${minuteText(summary.from)} to ${minuteText(summary.to)} UTC; ${counts}${whose}</p></div>
<nav aria-label="Sections"><a href="#equity">Equity</a><a href="#clients">Clients</a><a href="#strategies">Strategies</a><a href="#positions">Positions</a><a href="#trades">Trades</a><a href="#refused">Refused</a></nav>
</header>
<main id="main">
${keyFigures(summary, currency)}
${warningsList(summary)}
${equitySection()}
<section aria-labelledby="clients"><h2 id="clients">Clients</h2>
${performanceTable('Performance of each client', 'Client', summary.byClient, summary.overall)}</section>
<section aria-labelledby="strategies"><h2 id="strategies">Strategies</h2>
${strategyTable(summary)}
<details><summary>By account, exchange, symbol, and side</summary>
<h3>Accounts</h3>${performanceTable('Performance of each account', 'Account', summary.byAccount)}
<h3>Exchanges</h3>${performanceTable('Performance at each exchange', 'Exchange', summary.byExchange)}
<h3>Symbols</h3>${performanceTable('Performance in each symbol', 'Symbol', summary.bySymbol)}
<h3>Sides</h3>${performanceTable('Performance of long and short', 'Side', summary.bySide)}
<p class="none">Drawdowns and ratios here are those of closed trades by day.</p></details></section>
<section aria-labelledby="positions"><h2 id="positions">Positions at the end</h2>
<h3>The exchange's netted positions beside the sum of the strategies' shares</h3>${exchangePositions(summary)}
<h3>Strategy positions still open</h3>${openPositions(summary)}</section>
${tradesSection()}
<section aria-labelledby="refused"><h2 id="refused">Signals that led nowhere</h2><div class="pair">
<div><h3>Denied</h3>${countsTable('Denied signals by code', 'Code', summary.denials)}</div>
<div><h3>Ignored</h3>${countsTable('Ignored signals by reason', 'Reason', summary.ignoredSignals)}</div></div></section>
</main>
<footer><p>Beside this file: ${summary.files.map(escapeHtml).join(', ')}.</p>
<p>Charts: TradingView Lightweight Charts™, Copyright © 2026 TradingView, Inc., licensed under the Apache License 2.0, <a href="https://www.tradingview.com/" rel="noreferrer">https://www.tradingview.com/</a></p></footer>`;
}

function equitySection(): string {
  return `<section aria-labelledby="equity"><h2 id="equity">Equity and drawdown</h2>
<div class="controls"><label>Client <select id="curve-client"></select></label><label>Strategy <select id="curve-strategy"></select></label><output id="curve-values" class="values"></output></div>
<div id="equity-chart" class="chart" role="img" aria-label="Equity, and below it the drawdown in percent"></div>
<noscript><p class="none">The charts need scripts; the same figures are in equity.csv.</p></noscript></section>`;
}

function tradesSection(): string {
  return `<section aria-labelledby="trades"><h2 id="trades">Trades on the price chart</h2>
<div class="controls"><label>Channel <select id="trade-channel"></select></label><label>Strategy <select id="trade-strategy"></select></label><label>Closed by <select id="trade-reason"></select></label><span class="zoom" role="group" aria-label="Zoom of the price chart"><button type="button" id="zoom-in" aria-label="Zoom in">+</button><button type="button" id="zoom-out" aria-label="Zoom out">−</button><button type="button" id="zoom-all">All</button></span><output id="trade-values" class="values"></output></div>
<div class="chart-box"><div id="price-chart" class="chart tall" role="img" aria-label="Price with the entries and exits of the chosen trades"></div><div id="tooltip" class="tooltip" role="status" hidden></div></div>
<p class="legend"><span class="key long">▲ long entry</span><span class="key short">▼ short entry</span><span class="key won">● exit with profit</span><span class="key lost">● exit with loss</span><span id="trade-note"></span></p>
<div class="scroll" tabindex="0" role="region" aria-label="Trades"><table id="trade-table"><caption class="hidden">Trades; a row shows its trade on the chart</caption><thead><tr><th scope="col">Entry</th><th scope="col">Exit</th><th scope="col">Strategy</th><th scope="col">Side</th><th scope="col" class="number">Quantity</th><th scope="col" class="number">Entry price</th><th scope="col" class="number">Exit price</th><th scope="col">Closed by</th><th scope="col" class="number">Realized</th><th scope="col" class="number">%</th><th scope="col" class="number">Net P&amp;L</th></tr></thead><tbody></tbody></table></div>
<div class="pager"><button type="button" id="newer">Newer</button><output id="page"></output><button type="button" id="older">Older</button></div></section>`;
}
