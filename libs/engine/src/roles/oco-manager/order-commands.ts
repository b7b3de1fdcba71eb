import type { OrderCommandMessage } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import type { OcoManagerEvent, OcoManagerInput, OcoManagerSetup } from './state.js';

/** How long an entry may still open something of which no signal says it: one that a rule sends again, for example. */
const ENTRY_MS = 60_000;

/** What the gateway is asked to do, in the order in which it was decided. */
export function orderCommands(
  { channel }: OcoManagerSetup,
  input: OcoManagerInput,
  events: readonly OcoManagerEvent[],
): OrderCommandMessage[] {
  return events.flatMap((event): OrderCommandMessage[] => {
    switch (event.type) {
      case 'order_requested': {
        const { at, terms } = event;
        const expiresAt = terms.key.leg === 'e' ? entryExpiry(input, at) : null;
        return [{ type: 'place', channel, strategyId: strategyOf(terms.key), terms, expiresAt, at }];
      }
      case 'cancel_requested': {
        const { at, key } = event;
        return [{ type: 'cancel', channel, strategyId: strategyOf(key), key, at }];
      }
      case 'replace_requested': {
        const { at, key, terms } = event;
        return [{ type: 'replace', channel, strategyId: strategyOf(key), key, terms, at }];
      }
      case 'share_adopted': {
        const { at, by, reason, signedQty, strategyPositionId } = event;
        const strategyId = strategyOf(event);
        return [{ type: 'adopted', channel, strategyId, strategyPositionId, signedQty, by, reason, at }];
      }
      default:
        return [];
    }
  });
}

function entryExpiry(input: OcoManagerInput, at: TimeMs): TimeMs {
  const intent = input.type === 'intent' ? input.intent : null;
  const open = intent?.type === 'reverse' ? intent.open : intent;
  return (open?.type === 'open' ? open.expiresAt : null) ?? at + ENTRY_MS;
}

/** A strategy position is named after its strategy, and numbered. */
function strategyOf({ strategyPositionId }: { readonly strategyPositionId: string }): string {
  return strategyPositionId.slice(0, strategyPositionId.lastIndexOf('-'));
}
