/* Tables that are sorted by their heads. */

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
