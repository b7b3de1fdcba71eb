export { PacedClient } from './paced-client.js';
export { pacingSamples } from './samples.js';
