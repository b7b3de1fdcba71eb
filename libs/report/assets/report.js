/* The report's script. It reads the JSON in #data, draws the charts, lists the trades, and sorts tables. */
(() => {
  'use strict';
  const data = JSON.parse(document.getElementById('data').textContent);
  const charts = window.LightweightCharts;
  const byId = (id) => document.getElementById(id);
  const PAGE_ROWS = 50;

  /* ---- Words and numbers ---- */

  const minute = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const number = (value, decimals) =>
    value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const signed = (value, decimals) => (value > 0 ? '+' : '') + number(value, decimals);
  const tone = (value) => (value > 0 ? 'good' : value < 0 ? 'bad' : 'plain');

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function fillSelect(select, options) {
    const kept = select.value;
    select.replaceChildren(
      ...options.map(([value, label]) => {
        const option = element('option', label);
        option.value = value;
        return option;
      }),
    );
    if (options.some(([value]) => value === kept)) select.value = kept;
  }

  /* ---- Colors ---- */

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const themed = [];

  /** Runs now, and again whenever the reader's system changes between light and dark. */
  function withTheme(paint) {
    themed.push(paint);
    paint();
  }

  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const paint of themed) paint();
  });

  function newChart(container) {
    const chart = charts.createChart(container, {
      autoSize: true,
      layout: { attributionLogo: true, fontSize: 11 },
      timeScale: { timeVisible: true, secondsVisible: false, rightOffset: 2 },
      localization: { locale: 'en-US', timeFormatter: minute },
      crosshair: { mode: charts.CrosshairMode.Normal },
      // The wheel scrolls the page; zooming is dragging an axis, or the buttons.
      handleScroll: { mouseWheel: false },
      handleScale: { mouseWheel: false },
    });
    withTheme(() => {
      chart.applyOptions({
        layout: {
          background: { type: charts.ColorType.Solid, color: color('panel') },
          textColor: color('soft'),
          panes: { separatorColor: color('line'), separatorHoverColor: color('hover') },
        },
        grid: { vertLines: { color: color('grid') }, horzLines: { color: color('grid') } },
        rightPriceScale: { borderColor: color('line') },
        timeScale: { borderColor: color('line') },
      });
    });
    return chart;
  }

  /* ---- Equity and drawdown ---- */

  function drawEquity() {
    const clientSelect = byId('curve-client');
    const strategySelect = byId('curve-strategy');
    const clients = [...new Set(data.curves.map((curve) => curve.clientId))];
    const clientKey = (clientId) => (clientId === null ? '' : `c${clientId}`);
    const strategyKey = (strategyId) => (strategyId === null ? '' : `s${strategyId}`);
    fillSelect(
      clientSelect,
      clients.map((clientId) => [clientKey(clientId), clientId === null ? 'All clients' : clientId]),
    );

    const chart = newChart(byId('equity-chart'));
    const equity = chart.addSeries(charts.AreaSeries, {
      lineWidth: 2,
      priceLineVisible: false,
      priceFormat: { type: 'custom', minMove: 0.01, formatter: (value) => number(value, 2) },
    });
    const fall = chart.addSeries(
      charts.BaselineSeries,
      {
        baseValue: { type: 'price', price: 0 },
        lineWidth: 1,
        priceLineVisible: false,
        priceFormat: { type: 'custom', minMove: 0.01, formatter: (value) => `${number(value, 2)} %` },
      },
      1,
    );
    chart.panes()[1].setHeight(110);
    withTheme(() => {
      equity.applyOptions({
        lineColor: color('curve'),
        topColor: color('curve-fill'),
        bottomColor: 'rgba(0, 0, 0, 0)',
      });
      fall.applyOptions({
        topLineColor: color('fall'),
        bottomLineColor: color('fall'),
        topFillColor1: 'rgba(0, 0, 0, 0)',
        topFillColor2: 'rgba(0, 0, 0, 0)',
        bottomFillColor1: color('fall-fill'),
        bottomFillColor2: color('fall-fill'),
      });
    });

    let points = [];
    const say = ([time, value, depth]) => {
      const unit = data.currency === '' ? '' : ` ${data.currency}`;
      byId('curve-values').textContent = `${minute(time)} · ${number(value, 2)}${unit} · ${number(depth, 2)} %`;
    };
    const show = () => {
      const curve = data.curves.find(
        (each) =>
          clientKey(each.clientId) === clientSelect.value && strategyKey(each.strategyId) === strategySelect.value,
      );
      points = curve === undefined ? [] : curve.points;
      equity.setData(points.map(([time, value]) => ({ time, value })));
      fall.setData(points.map(([time, , depth]) => ({ time, value: depth })));
      chart.timeScale().fitContent();
      if (points.length > 0) say(points[points.length - 1]);
    };
    const showClient = () => {
      const own = data.curves.filter((curve) => clientKey(curve.clientId) === clientSelect.value);
      fillSelect(
        strategySelect,
        own.map(({ strategyId }) => [strategyKey(strategyId), strategyId === null ? 'All strategies' : strategyId]),
      );
      show();
    };
    clientSelect.addEventListener('change', showClient);
    strategySelect.addEventListener('change', show);
    chart.subscribeCrosshairMove(({ time }) => {
      const at = time === undefined ? points[points.length - 1] : points.find((point) => point[0] === time);
      if (at !== undefined) say(at);
    });
    showClient();
  }

  /* ---- Trades ---- */

  /** A trade of the data as an object, with the names in place of their numbers. */
  function tradeOf(row) {
    const [channel, strategy, side, entryTime, entryPrice, exitTime, exitPrice, reason, quantity, pnl, pct, net] = row;
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
    const used = data.channels.map((channel, at) => ({ channel, at, trades: all.filter((trade) => trade.channel === at) }));
    fillSelect(
      channelSelect,
      used.map(({ channel, at, trades }) => [
        String(at),
        `${channel.clientId} · ${channel.exchange} · ${channel.symbol} (${number(trades.length, 0)})`,
      ]),
    );
    const busiest = used.reduce((most, each) => (each.trades.length > most.trades.length ? each : most), used[0]);
    if (busiest !== undefined) channelSelect.value = String(busiest.at);

    let channel = data.channels[0];
    let candles = [];
    let trades = [];
    let byCandle = new Map();
    let page = 0;
    let chosen = null;

    const decimals = () => (channel === undefined ? 2 : channel.decimals);
    const chart = newChart(byId('price-chart'));
    const prices = chart.addSeries(charts.CandlestickSeries, { borderVisible: false, priceLineVisible: false });
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
      byId('trade-values').textContent = `${number(trades.length, 0)} trades · net ${signed(net, 2)} ${data.currency}`;
      const hidden = data.allTrades - data.trades.length;
      byId('trade-note').textContent =
        hidden > 0 ? `The last ${number(data.trades.length, 0)} of ${number(data.allTrades, 0)} trades; trades.csv has all.` : '';
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
      const shown = events.slice(0, 6).map(({ trade, isEntry }) => element('div', isEntry ? entryText(trade) : exitText(trade)));
      if (events.length > shown.length) shown.push(element('div', `and ${events.length - shown.length} more`));
      tooltip.replaceChildren(element('div', minute(time)), ...shown);
      const box = tooltip.parentElement.getBoundingClientRect();
      const right = point.x + 16 + tooltip.offsetWidth < box.width ? point.x + 16 : point.x - 16 - tooltip.offsetWidth;
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
    for (const [id, step] of [['newer', -1], ['older', 1]]) {
      byId(id).addEventListener('click', () => {
        page += step;
        listTrades();
      });
    }
    showChannel();
  }

  /* ---- Tables ---- */

  function makeSortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => {
      head.querySelector('button').addEventListener('click', () => {
        const isNumber = head.classList.contains('number');
        const wasDescending = head.getAttribute('aria-sort') === 'descending';
        const wasAscending = head.getAttribute('aria-sort') === 'ascending';
        // Numbers begin with the largest, names with the first.
        const ascending = wasDescending || (!wasAscending && !isNumber);
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
        sortRows(table.tBodies[0], at, isNumber, ascending ? 1 : -1);
      });
    });
  }

  /** What has no value goes to the end, either way. */
  function sortRows(body, at, isNumber, direction) {
    const keyOf = (row) => {
      const cell = row.cells[at];
      if (!isNumber) return cell.textContent;
      const text = cell.dataset.sort;
      return text === undefined || text === '' ? null : Number(text);
    };
    const rows = [...body.rows].map((row) => ({ row, key: keyOf(row) }));
    rows.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null ? 1 : 0) - (b.key === null ? 1 : 0);
      return a.key === b.key ? 0 : (a.key < b.key ? -1 : 1) * direction;
    });
    body.append(...rows.map(({ row }) => row));
  }

  for (const table of document.querySelectorAll('table.sortable')) makeSortable(table);
  drawEquity();
  drawTrades();
})();
