/* The curves of equity and drawdown. */

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
        clientKey(each.clientId) === clientSelect.value &&
        strategyKey(each.strategyId) === strategySelect.value,
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
      own.map(({ strategyId }) => [
        strategyKey(strategyId),
        strategyId === null ? 'All strategies' : strategyId,
      ]),
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
