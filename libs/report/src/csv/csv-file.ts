import { closeSync, openSync, writeFileSync } from 'node:fs';
import { withPath, type ReportTable } from '@bowline/contracts';

/** Text is handed to the file in pieces of about this many characters, so that a file of any length costs no memory. */
const PIECE = 1 << 16;

const NEEDS_QUOTES = /[",\r\n]/;

/** A CSV file of one of the report's tables: header first, rows as they come, lines ended by a line feed. */
export class CsvFile {
  private readonly fd: number;
  private readonly isText: readonly boolean[];
  private text: string;

  constructor(
    private readonly path: string,
    private readonly table: ReportTable,
  ) {
    this.fd = openSync(path, 'w');
    this.isText = table.columns.map((column) => column.type === 'text');
    this.text = `${table.columns.map((column) => column.name).join(',')}\n`;
  }

  /** One field per column of the table, in its order; null leaves the field empty. */
  row(fields: readonly (string | null)[]): void {
    if (fields.length !== this.isText.length) {
      throw new Error(`${this.table.file}: ${fields.length} fields for ${this.isText.length} columns`);
    }
    let line = '';
    for (let i = 0; i < fields.length; i += 1) {
      const field = fields[i];
      if (i > 0) line += ',';
      if (field !== null) line += this.isText[i] ? csvText(field) : field;
    }
    this.text += `${line}\n`;
    if (this.text.length > PIECE) this.flush();
  }

  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.fd);
    }
  }

  private flush(): void {
    try {
      // On a descriptor this appends at the current position, and goes on until all is written.
      writeFileSync(this.fd, this.text);
    } catch (error) {
      throw withPath(error, this.path);
    }
    this.text = '';
  }
}

/** A field by RFC 4180. The empty text is quoted: an empty field means that there is none. */
export function csvText(field: string): string {
  if (field === '') return '""';
  return NEEDS_QUOTES.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
