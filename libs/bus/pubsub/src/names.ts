/** Where in Google Cloud the topics and subscriptions of a desk are. */
export interface PubSubPlace {
  readonly projectId: string;
  /** Stands before the names of topics and subscriptions; `bowline.`. */
  readonly prefix?: string;
}

const DEFAULT_PREFIX = 'bowline.';
/** A letter first, which Google's own names do not begin with, then what names may hold and we leave as it is. */
const PREFIX = /^(?!goog)[A-Za-z][\w.~-]*$/;
const MIN_LENGTH = 3;
const MAX_LENGTH = 255;

/** `projects/p/topics/bowline.signals.ikenna`. A name that does not fit is an error. */
export function topicName(place: PubSubPlace, topic: string): string {
  return `projects/${place.projectId}/topics/${idOf(place, encode(topic))}`;
}

/** `projects/p/subscriptions/bowline.signals.ikenna+order-generator`: a group of a topic. */
export function subscriptionName(place: PubSubPlace, topic: string, group: string): string {
  // `encode` leaves no plus as it is, so that no two pairs share a name.
  return `projects/${place.projectId}/subscriptions/${idOf(place, `${encode(topic)}+${encode(group)}`)}`;
}

function idOf({ prefix = DEFAULT_PREFIX }: PubSubPlace, name: string): string {
  if (!PREFIX.test(prefix)) {
    throw new Error(
      `prefix ${JSON.stringify(prefix)}: Pub/Sub takes names that begin with a letter and not with goog, of letters, ` +
        'digits, and . _ ~ -',
    );
  }
  const id = prefix + name;
  if (id.length < MIN_LENGTH || id.length > MAX_LENGTH) {
    throw new Error(
      `${id} is ${id.length} characters long, Pub/Sub takes ${MIN_LENGTH} to ${MAX_LENGTH}: choose another prefix, or ` +
        'other names',
    );
  }
  return id;
}

/** Other characters than names may hold become `%2F` and the like, and a percent sign `%25`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
