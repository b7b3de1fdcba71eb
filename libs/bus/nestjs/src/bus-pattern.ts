import type { ExceptionFilter } from '@nestjs/common';
import { applyDecorators, Catch, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { throwError } from 'rxjs';

/** In the extras of a handler that was declared with `BusPattern`. */
export const DECLARED = 'bowline.bus';

/**
 * Lets a failure through as it is. Nest asks the filters of a method before those of its controller and the global
 * ones, any of which may turn a failure into a result: the message would be acknowledged, and lost.
 */
@Catch()
class PassOn implements ExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

/**
 * Declares the handler of a pattern, in place of Nest's `EventPattern`. `@Payload()` is the `BusMessage`, `@Ctx()` the
 * `BusContext`. The message is acknowledged once the handler's promise resolves, or its observable completes with a
 * value; it comes again where the handler, a pipe or a guard fails, whatever exception filters there are.
 */
export function BusPattern(pattern: string): MethodDecorator {
  return applyDecorators(EventPattern<string>(pattern, { [DECLARED]: true }), UseFilters(new PassOn()));
}
