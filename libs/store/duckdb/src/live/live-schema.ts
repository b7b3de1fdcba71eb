import {
  columnName,
  LIVE_SQL_TYPES,
  LIVE_TABLE_NAMES,
  LIVE_TABLES,
  type LiveTable,
  type LiveTableName,
} from '@bowline/contracts';
import { identifier, literal } from '../table-sql.js';

/** Of the tables below. Raised with every change of them, and then MIGRATIONS gets one more. */
export const LIVE_VERSION = 2;

/** By version, what makes a file of it one of the next. */
export type Migrations = Readonly<Record<number, readonly string[]>>;

export const MIGRATIONS: Migrations = {
  1: ['ALTER TABLE strategy_positions ADD COLUMN protection VARCHAR'],
};

export const PRODUCT = 'bowline live store';

/** Makes an empty database a live store. */
export function createLiveTables(): string[] {
  return [
    'CREATE TABLE store_info (product VARCHAR NOT NULL, version INTEGER NOT NULL)',
    `INSERT INTO store_info VALUES (${literal(PRODUCT)}, ${LIVE_VERSION})`,
    'CREATE TABLE seen_messages (number BIGINT NOT NULL, topic VARCHAR NOT NULL, id VARCHAR NOT NULL)',
    ...LIVE_TABLE_NAMES.flatMap((name) => [
      createTable(name, LIVE_TABLES[name]),
      ...comments(name, LIVE_TABLES[name]),
    ]),
  ];
}

/** The columns in the order of their definition, as SQL lists them. */
export function columnList(name: LiveTableName): string {
  return Object.keys(LIVE_TABLES[name].columns).map(quoted).join(', ');
}

/** Where a batch lies before it goes into its table: of this connection alone, and never in the file. */
export function stagedName(name: LiveTableName): string {
  return `staged_${name}`;
}

export function stage(name: LiveTableName): string {
  return `CREATE OR REPLACE TEMP TABLE ${stagedName(name)} AS SELECT ${columnList(name)} FROM ${name} LIMIT 0`;
}

/** Rows of the same key replace those that are there. */
export function insertStaged(name: LiveTableName): string {
  const columns = columnList(name);
  return `INSERT OR REPLACE INTO ${name} (${columns}) SELECT ${columns} FROM temp.${stagedName(name)}`;
}

function createTable(name: string, { columns, key }: LiveTable): string {
  const definitions = Object.entries(columns).map(
    ([field, { nullable, type }]) => `${quoted(field)} ${LIVE_SQL_TYPES[type]}${nullable ? '' : ' NOT NULL'}`,
  );
  return `CREATE TABLE ${name} (${definitions.join(', ')}, PRIMARY KEY (${key.map(quoted).join(', ')}))`;
}

function comments(name: string, { columns, meaning }: LiveTable): string[] {
  return [
    `COMMENT ON TABLE ${name} IS ${literal(meaning)}`,
    ...Object.entries(columns).map(([field, { meaning: says, unit }]) => {
      const comment = unit === '' ? says : `${says} [${unit}]`;
      return `COMMENT ON COLUMN ${name}.${quoted(field)} IS ${literal(comment)}`;
    }),
  ];
}

function quoted(field: string): string {
  return identifier(columnName(field));
}
