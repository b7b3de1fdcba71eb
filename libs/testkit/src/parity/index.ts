export { oneSignalAtATime } from './layout.js';
export { outcomeOfLoop, type ParityOutcome } from './outcome.js';
export { playBars } from './play-bars.js';
