import { escapeHtml } from './escape.js';

export interface HtmlColumn<Row> {
  readonly head: string;
  /** Said when the pointer rests on the head. */
  readonly title?: string;
  readonly kind: 'text' | 'number' | 'pnl';
  readonly cell: (row: Row) => string;
  /** What sorting goes by; without it the cell's text. */
  readonly sort?: (row: Row) => number | null;
}

/** A table that can be sorted by its heads; `total` stays below. The caption is its name for those who do not see it. */
export function htmlTable<Row>(
  caption: string,
  columns: readonly HtmlColumn<Row>[],
  rows: readonly Row[],
  total: Row | null = null,
): string {
  const heads = columns.map(({ head, title, kind }) => {
    const hint = title === undefined ? '' : ` title="${escapeHtml(title)}"`;
    const align = kind === 'text' ? '' : ' class="number"';
    return `<th scope="col"${align}${hint}><button type="button">${escapeHtml(head)}</button></th>`;
  });
  const rowHtml = (row: Row): string => `<tr>${columns.map((column) => cell(column, row)).join('')}</tr>`;
  const foot = total === null ? '' : `<tfoot>${rowHtml(total)}</tfoot>`;
  return [
    '<div class="scroll" tabindex="0" role="region"',
    ` aria-label="${escapeHtml(caption)}"><table class="sortable"><caption class="hidden">${escapeHtml(caption)}</caption>`,
    `<thead><tr>${heads.join('')}</tr></thead><tbody>${rows.map(rowHtml).join('\n')}</tbody>${foot}</table></div>`,
  ].join('');
}

/** A figure with its name. `tone` colors it by its sign. */
export function figure(name: string, text: string, tone: 'plain' | 'pnl' = 'plain', note = ''): string {
  const value = `<dd class="${tone === 'pnl' ? toneOf(text) : 'plain'}">${escapeHtml(text)}</dd>`;
  const below = note === '' ? '' : `<dd class="note">${escapeHtml(note)}</dd>`;
  return `<div><dt>${escapeHtml(name)}</dt>${value}${below}</div>`;
}

function cell<Row>(column: HtmlColumn<Row>, row: Row): string {
  const text = column.cell(row);
  const classes = [column.kind === 'text' ? '' : 'number', column.kind === 'pnl' ? toneOf(text) : ''].filter(
    Boolean,
  );
  const sort = column.sort === undefined ? '' : ` data-sort="${column.sort(row) ?? ''}"`;
  const attributes = `${classes.length === 0 ? '' : ` class="${classes.join(' ')}"`}${sort}`;
  return `<td${attributes}>${escapeHtml(text)}</td>`;
}

function toneOf(text: string): string {
  return text.startsWith('+') ? 'good' : text.startsWith('-') ? 'bad' : 'plain';
}
