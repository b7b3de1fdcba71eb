import { expect, it } from '@jest/globals';
import { initPubSub } from './init.js';
import { subscriptionName, topicName } from './names.js';
import { pubsubSuite } from './pubsub-suite.spec-support.js';

pubsubSuite('making topics and subscriptions of Pub/Sub', (suite) => {
  const DESK = [
    { topic: 'signals.odum', groups: ['order-generator/odum', 'analytics'] },
    { topic: 'audit.odum', groups: [] },
  ];

  it('makes what is missing, with the order of keys and without an end, and says so', async () => {
    const created = await initPubSub(DESK, suite.place);
    const [signals, audit] = DESK.map(({ topic }) => topicName(suite.place, topic));
    const [generator, analytics] = DESK[0]!.groups.map((group) =>
      subscriptionName(suite.place, 'signals.odum', group),
    );
    expect(created).toEqual([
      { kind: 'topic', name: signals, outcome: 'created', problem: null },
      { kind: 'subscription', name: generator, outcome: 'created', problem: null },
      { kind: 'subscription', name: analytics, outcome: 'created', problem: null },
      { kind: 'topic', name: audit, outcome: 'created', problem: null },
    ]);

    const [subscription] = await suite.subscriber.getSubscription({ subscription: generator! });
    expect(subscription).toMatchObject({
      topic: signals,
      enableMessageOrdering: true,
      expirationPolicy: { ttl: null },
      messageRetentionDuration: { seconds: String(7 * 24 * 60 * 60) },
      enableExactlyOnceDelivery: false,
      filter: '',
    });
  });

  it('changes nothing when it is run again', async () => {
    await initPubSub(DESK, suite.place);
    const again = await initPubSub(DESK, suite.place);
    expect(again.map(({ outcome }) => outcome)).toEqual(Array(4).fill('exists'));
  });

  it('only says what it would make in a dry run', async () => {
    const dry = await initPubSub([{ topic: 'orders', groups: ['g', 'new'] }, ...DESK], {
      ...suite.place,
      dryRun: true,
    });
    expect(dry.map(({ outcome }) => outcome)).toEqual(['exists', 'exists', ...Array(5).fill('missing')]);
    const [topics] = await suite.admin.publisher.listTopics({ project: `projects/${suite.place.projectId}` });
    expect(topics.map(({ name }) => name)).not.toContain(topicName(suite.place, 'signals.odum'));
  });

  it('can be run by several at once', async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => initPubSub(DESK, suite.place)));
    for (const resources of outcomes) {
      expect(resources.map(({ problem }) => problem)).toEqual([null, null, null, null]);
    }
  });

  it('passes a filter on, which lets heartbeats through', async () => {
    const filters = { one: 'attributes.subject = "odum.binance-usdm.BTCUSDT"' };
    await initPubSub([{ topic: 'orders', groups: ['one'], filters }], {
      ...suite.place,
      retentionSeconds: 3600,
    });
    const name = subscriptionName(suite.place, 'orders', 'one');
    const [subscription] = await suite.subscriber.getSubscription({ subscription: name });
    expect(subscription).toMatchObject({
      filter: `(${filters.one}) OR attributes.type = "bowline.heartbeat"`,
      messageRetentionDuration: { seconds: '3600' },
    });
  });

  it.each([
    [
      'keeps no order',
      { enableMessageOrdering: false },
      /^it does not keep the order of a key: delete projects\//,
    ],
    ['expires', { expirationPolicy: { ttl: { seconds: 86_400 } } }, /^it expires when nobody reads it/],
    ['filters', { filter: 'attributes.a = "b"' }, /^its filter is "attributes.a = \\"b\\"", not "": delete/],
    ['pushes', { pushConfig: { pushEndpoint: 'http://127.0.0.1:9/x' } }, /^it pushes what comes elsewhere/],
    ['is of another topic', { topic: 'elsewhere' }, /^it is of .*elsewhere, not of .*orders: delete/],
  ])('leaves alone what is not as it should be: a subscription that %s', async (_, different, says) => {
    await suite.init([{ topic: 'elsewhere', groups: [] }]);
    const name = subscriptionName(suite.place, 'orders', 'odd');
    await suite.subscriber.createSubscription({
      name,
      enableMessageOrdering: true,
      expirationPolicy: {},
      ...different,
      topic: topicName(suite.place, 'topic' in different ? different.topic : 'orders'),
    });
    const resources = await initPubSub([{ topic: 'orders', groups: ['odd', 'fine'] }], suite.place);
    expect(resources.slice(1)).toEqual([
      { kind: 'subscription', name, outcome: 'conflict', problem: expect.stringMatching(says) },
      expect.objectContaining({ outcome: 'created' }),
    ]);
  });
});
