/** Where a desk listens, and keeps what it knows, unless it is told. Loads nothing: help shows it. */
export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORT = 8420;
export const DATA_DIR = 'bowline-data';
/** The same of a desk of several processes. */
export const UP_DIR = `${DATA_DIR}/up`;
