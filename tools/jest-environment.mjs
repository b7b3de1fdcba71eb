import { types } from 'node:util';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest's environment for Node, with one difference taken away. Specs run in a realm with an `Error` of its own, while
 * what Node's modules throw (a file that is not there, say) is an `Error` of the outer realm: `error instanceof Error`
 * would be false in a spec and true in the program.
 */
export default class Environment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    const ErrorOfSpecs = this.global.Error;
    Object.defineProperty(ErrorOfSpecs, Symbol.hasInstance, {
      value(candidate) {
        // Subclasses inherit this method, and go by their own prototype.
        if (this === ErrorOfSpecs && types.isNativeError(candidate)) return true;
        return Function.prototype[Symbol.hasInstance].call(this, candidate);
      },
    });
  }
}
