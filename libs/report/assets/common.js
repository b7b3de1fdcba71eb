/* What the parts of the report's script share. They stand in one function, in the order of html/assets.ts. */

const data = JSON.parse(document.getElementById('data').textContent);
const charts = window.LightweightCharts;
const byId = (id) => document.getElementById(id);

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
