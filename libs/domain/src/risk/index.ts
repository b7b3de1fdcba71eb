export * from './denial.js';
export * from './entry-checks.js';
