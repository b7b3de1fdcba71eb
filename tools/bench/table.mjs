/** The one table that the benches end in. */

/** @param {import('./measure.mjs').Row[]} rows */
export function printRows(rows) {
  console.log(tableOf(rows));
}

/**
 * A table of the rows with their notes below it.
 *
 * @param {import('./measure.mjs').Row[]} rows
 */
export function tableOf(rows) {
  const cells = [
    ['what', 'ours', 'floor or peer, same run', 'ratio', 'target', 'met'],
    ...rows.map((row) => [
      row.name,
      `${figure(row.ours)} ${row.unit}`,
      `${figure(row.reference.value)} ${row.unit} (${row.reference.name})`,
      `${figure(ratioOf(row))}x`,
      row.target ?? '',
      row.target === null ? '' : row.met ? 'yes' : 'NO',
    ]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const [head, ...body] = cells.map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at]))
      .join(' | ')
      .trimEnd(),
  );
  const notes = rows.flatMap(({ name, note }) => (note ? [`${name}: ${note}`] : []));
  return [
    head,
    widths.map((width) => '-'.repeat(width)).join('-|-'),
    ...body,
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}

/** Ours over the floor's or the peer's. */
export function ratioOf({ ours, ratio, reference }) {
  return ratio ?? ours / reference.value;
}

/** As many digits as count: `142M`, `9,810`, `0.25`. */
export function figure(value) {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
