/* Brings the page to life. */

for (const table of document.querySelectorAll('table.sortable')) makeSortable(table);
drawEquity();
drawTrades();
