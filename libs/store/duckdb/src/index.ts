export { fillDatabase } from './fill-database.js';
