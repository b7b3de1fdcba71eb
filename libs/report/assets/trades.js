/* The trades: on the price chart, and in the list below it. */

/** Rows of the list at a time. */
const PAGE_ROWS = 50;

/** A trade of the data as an object, with the names in place of their numbers. */
function tradeOf(row) {
  const [
    channel,
    strategy,
    side,
    entryTime,
    entryPrice,
    exitTime,
    exitPrice,
    reason,
    quantity,
    pnl,
    pct,
    net,
  ] = row;
  return {
    channel,
    strategyId: data.strategies[strategy],
    isLong: side === 0,
    entryTime,
    entryPrice,
    exitTime,
    exitPrice,
    reason: data.reasons[reason],
    quantity,
    pnl,
    pct,
    net,
  };
}

/** The place of the last candle that begins at or before `time`. */
function candleAt(candles, time) {
  let low = 0;
  let high = candles.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (candles[middle][0] <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

function drawTrades() {
  const channelSelect = byId('trade-channel');
  const strategySelect = byId('trade-strategy');
  const reasonSelect = byId('trade-reason');
  const tooltip = byId('tooltip');
  const all = data.trades.map(tradeOf);
  const used = data.channels.map((channel, at) => ({
    channel,
    at,
    trades: all.filter((trade) => trade.channel === at),
  }));
  fillSelect(
    channelSelect,
    used.map(({ channel, at, trades }) => [
      String(at),
      `${channel.clientId} · ${channel.exchange} · ${channel.symbol} (${number(trades.length, 0)})`,
    ]),
  );
  const busiest = used.reduce(
    (most, each) => (each.trades.length > most.trades.length ? each : most),
    used[0],
  );
  if (busiest !== undefined) channelSelect.value = String(busiest.at);

  let channel = data.channels[0];
  let candles = [];
  let trades = [];
  let byCandle = new Map();
  let page = 0;
  let chosen = null;

  const decimals = () => (channel === undefined ? 2 : channel.decimals);
  const chart = newChart(byId('price-chart'));
  const prices = chart.addSeries(charts.CandlestickSeries, {
    borderVisible: false,
    priceLineVisible: false,
  });
  const path = chart.addSeries(charts.LineSeries, {
    lineWidth: 2,
    lineStyle: charts.LineStyle.Dashed,
    lastValueVisible: false,
    priceLineVisible: false,
    crosshairMarkerVisible: false,
  });
  const markers = charts.createSeriesMarkers(prices, []);
  withTheme(() => {
    const [up, down] = [color('up'), color('down')];
    prices.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
    drawMarkers();
    drawPath();
  });

  function drawMarkers() {
    // Many marks would hide the prices that they are about.
    const size = trades.length > 150 ? 0.6 : 1;
    const marks = trades.flatMap((trade) => [
      {
        time: candles[candleAt(candles, trade.entryTime)][0],
        position: trade.isLong ? 'atPriceBottom' : 'atPriceTop',
        price: trade.entryPrice,
        shape: trade.isLong ? 'arrowUp' : 'arrowDown',
        color: color(trade.isLong ? 'long' : 'short'),
        size,
      },
      {
        time: candles[candleAt(candles, trade.exitTime)][0],
        position: 'atPriceMiddle',
        price: trade.exitPrice,
        shape: 'circle',
        color: color(trade.pnl < 0 ? 'bad' : 'good'),
        size: size * 0.8,
      },
    ]);
    markers.setMarkers(marks.sort((a, b) => a.time - b.time));
  }

  function drawPath() {
    if (chosen === null) {
      path.setData([]);
      return;
    }
    const from = candles[candleAt(candles, chosen.entryTime)][0];
    const to = candles[candleAt(candles, chosen.exitTime)][0];
    const points = [
      { time: from, value: chosen.entryPrice },
      { time: to, value: chosen.exitPrice },
    ];
    path.applyOptions({ color: color(chosen.pnl < 0 ? 'bad' : 'good') });
    path.setData(from === to ? points.slice(1) : points);
  }

  function showChannel() {
    channel = data.channels[Number(channelSelect.value)];
    candles = channel === undefined ? [] : data.candles[channel.candles];
    const own = all.filter((trade) => trade.channel === Number(channelSelect.value));
    const choices = (names) => [['', 'All'], ...[...new Set(names)].sort().map((name) => [`n${name}`, name])];
    fillSelect(strategySelect, choices(own.map((trade) => trade.strategyId)));
    fillSelect(reasonSelect, choices(own.map((trade) => trade.reason)));
    const priceFormat = {
      type: 'custom',
      minMove: 10 ** -decimals(),
      formatter: (price) => number(price, decimals()),
    };
    prices.applyOptions({ priceFormat });
    prices.setData(candles.map(([time, open, high, low, close]) => ({ time, open, high, low, close })));
    chart.timeScale().fitContent();
    showTrades();
  }

  function showTrades() {
    const fits = (select, name) => select.value === '' || select.value === `n${name}`;
    trades =
      candles.length === 0
        ? []
        : all.filter(
            (trade) =>
              trade.channel === Number(channelSelect.value) &&
              fits(strategySelect, trade.strategyId) &&
              fits(reasonSelect, trade.reason),
          );
    byCandle = new Map();
    for (const trade of trades) {
      note(trade.entryTime, { trade, isEntry: true });
      note(trade.exitTime, { trade, isEntry: false });
    }
    const net = trades.reduce((sum, trade) => sum + trade.net, 0);
    byId('trade-values').textContent =
      `${number(trades.length, 0)} trades · net ${signed(net, 2)} ${data.currency}`;
    const hidden = data.allTrades - data.trades.length;
    byId('trade-note').textContent =
      hidden > 0
        ? `The last ${number(data.trades.length, 0)} of ${number(data.allTrades, 0)} trades; trades.csv has all.`
        : '';
    page = 0;
    choose(null);
    drawMarkers();
    listTrades();
  }

  function note(time, event) {
    const candle = candles[candleAt(candles, time)][0];
    if (byCandle.has(candle)) byCandle.get(candle).push(event);
    else byCandle.set(candle, [event]);
  }

  function listTrades() {
    const pages = Math.max(1, Math.ceil(trades.length / PAGE_ROWS));
    const newestFirst = [...trades].reverse().slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS);
    byId('trade-table').tBodies[0].replaceChildren(...newestFirst.map(tradeRow));
    byId('page').textContent = `Page ${page + 1} of ${pages}`;
    byId('newer').disabled = page === 0;
    byId('older').disabled = page === pages - 1;
  }

  function tradeRow(trade) {
    const row = element('tr', undefined, trade === chosen ? 'chosen' : '');
    const button = element('button', minute(trade.entryTime));
    button.type = 'button';
    button.title = 'Show on the chart';
    button.addEventListener('click', () => {
      choose(trade);
      zoomTo(trade);
      for (const other of row.parentElement.rows) other.classList.toggle('chosen', other === row);
    });
    const first = element('td');
    first.append(button);
    row.append(
      first,
      element('td', minute(trade.exitTime)),
      element('td', trade.strategyId),
      element('td', trade.isLong ? 'LONG' : 'SHORT'),
      element('td', trade.quantity, 'number'),
      element('td', number(trade.entryPrice, decimals()), 'number'),
      element('td', number(trade.exitPrice, decimals()), 'number'),
      element('td', trade.reason),
      element('td', signed(trade.pnl, 2), `number ${tone(trade.pnl)}`),
      element('td', trade.pct === null ? '–' : signed(trade.pct, 2), `number ${tone(trade.pnl)}`),
      element('td', signed(trade.net, 2), `number ${tone(trade.net)}`),
    );
    return row;
  }

  function choose(trade) {
    chosen = trade;
    drawPath();
  }

  function zoomTo(trade) {
    const from = candleAt(candles, trade.entryTime);
    const to = candleAt(candles, trade.exitTime);
    const margin = Math.max(30, to - from);
    chart.timeScale().setVisibleLogicalRange({ from: from - margin, to: to + margin });
    byId('price-chart').scrollIntoView({ block: 'center' });
  }

  chart.subscribeCrosshairMove(({ time, point }) => {
    const events = time === undefined ? undefined : byCandle.get(time);
    tooltip.hidden = events === undefined || point === undefined;
    if (tooltip.hidden) return;
    const shown = events
      .slice(0, 6)
      .map(({ trade, isEntry }) => element('div', isEntry ? entryText(trade) : exitText(trade)));
    if (events.length > shown.length) shown.push(element('div', `and ${events.length - shown.length} more`));
    tooltip.replaceChildren(element('div', minute(time)), ...shown);
    const box = tooltip.parentElement.getBoundingClientRect();
    const right =
      point.x + 16 + tooltip.offsetWidth < box.width ? point.x + 16 : point.x - 16 - tooltip.offsetWidth;
    tooltip.style.left = `${Math.max(0, right)}px`;
    tooltip.style.top = `${Math.min(Math.max(0, point.y + 12), box.height - tooltip.offsetHeight)}px`;
  });

  function entryText(trade) {
    const mark = trade.isLong ? '▲ long' : '▼ short';
    return `${mark} ${trade.strategyId}: ${trade.quantity} @ ${number(trade.entryPrice, decimals())}`;
  }

  function exitText(trade) {
    const gain = `${signed(trade.pnl, 2)}${trade.pct === null ? '' : ` (${signed(trade.pct, 2)} %)`}`;
    return `● ${trade.strategyId}: ${trade.reason} @ ${number(trade.exitPrice, decimals())}, ${gain}`;
  }

  /** Shows `factor` times as many candles around the same middle. */
  function zoomBy(factor) {
    const shown = chart.timeScale().getVisibleLogicalRange();
    if (shown === null) return;
    const middle = (shown.from + shown.to) / 2;
    const half = Math.max(5, ((shown.to - shown.from) / 2) * factor);
    chart.timeScale().setVisibleLogicalRange({ from: middle - half, to: middle + half });
  }

  byId('zoom-in').addEventListener('click', () => zoomBy(0.5));
  byId('zoom-out').addEventListener('click', () => zoomBy(2));
  byId('zoom-all').addEventListener('click', () => chart.timeScale().fitContent());
  channelSelect.addEventListener('change', showChannel);
  strategySelect.addEventListener('change', showTrades);
  reasonSelect.addEventListener('change', showTrades);
  for (const [id, step] of [
    ['newer', -1],
    ['older', 1],
  ]) {
    byId(id).addEventListener('click', () => {
      page += step;
      listTrades();
    });
  }
  showChannel();
}
