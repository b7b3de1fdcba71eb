/** The cells of a line, by RFC 4180; null where its quotes do not fit. A cell cannot hold a line break. */
export function csvCells(line: string): readonly string[] | null {
  const cells: string[] = [];
  let rest = line;
  for (;;) {
    const cell = CELL.exec(rest);
    if (cell === null) return null;
    const [all, quoted, plain = ''] = cell;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (all.length === rest.length) return cells;
    rest = rest.slice(all.length + 1);
  }
}

const CELL = /^(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/;
