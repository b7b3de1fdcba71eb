/** Where a desk listens unless it is told. Loads nothing: help shows it. */
export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORT = 8420;
