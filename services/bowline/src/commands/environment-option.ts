import { Option } from 'commander';
import type { Environment } from '../desk/read-config.js';

/** Written out, because help should not have to load the contracts; the compiler compares them. */
const ENVIRONMENTS = Object.keys({
  'local-dev': 0,
  'local-integration': 0,
  'cloud-dev': 0,
  production: 0,
} satisfies Record<Environment, 0>);

/** `--env`: the environment, whatever the configuration says. */
export function environmentOption(): Option {
  return new Option('--env <name>', "in place of the configuration's environment").choices(ENVIRONMENTS);
}
