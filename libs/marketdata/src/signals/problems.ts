import { InputError } from '@bowline/contracts';
import type { Table } from '../table/table.js';

const LISTED_PROBLEMS = 20;

/** Collects what is wrong with the rows of a file, so that a user sees more than the first. */
export class RowProblems {
  private readonly rows: number[] = [];
  private readonly texts: string[] = [];
  private total = 0;

  constructor(private readonly table: Table) {}

  /** @param row from 0 */
  add(row: number, text: string): void {
    this.total += 1;
    if (this.texts.length === LISTED_PROBLEMS) return;
    this.rows.push(row);
    this.texts.push(text);
  }

  /** Throws an InputError with the first twenty, each with its place in the file, where there are any. */
  async throwIfAny(): Promise<void> {
    if (this.total === 0) return;
    const { label } = this.table;
    const places = await this.table.placesOf(this.rows);
    const problems = this.texts.map((text, at) => `${label}, ${places[at]}: ${text}`);
    if (this.total > problems.length) problems.push(`${label}: and ${this.total - problems.length} more`);
    throw new InputError(problems);
  }
}

/** How a value looks in a message: quoted, and cut where it is long. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}

export const TIME_HELP = 'an epoch in s, ms, us or ns, or ISO 8601 such as 2021-04-20T00:00:00Z';
