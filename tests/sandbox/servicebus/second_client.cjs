// Drives the broker with @azure/service-bus and prints what it saw as one JSON line.
// Arguments: the folder of node_modules, the connection string.
const [modules, connectionString] = process.argv.slice(2);
const { ServiceBusClient, ServiceBusAdministrationClient } = require(modules + "/@azure/service-bus");
const { randomUUID } = require("crypto");

const seen = {};
const retryOptions = { maxRetries: 0, timeoutInMs: 10000 };

async function queue(client) {
  const sender = client.createSender("second");
  const receiver = client.createReceiver("second");
  await sender.sendMessages({ body: { hello: "سوق" }, applicationProperties: { n: 7, t: true }, subject: "s" });
  const batch = await sender.createMessageBatch();
  for (let i = 0; i < 3; i++) batch.tryAddMessage({ body: `b${i}` });
  await sender.sendMessages(batch);
  const messages = [];
  while (messages.length < 4) messages.push(...await receiver.receiveMessages(4 - messages.length, { maxWaitTimeInMs: 5000 }));
  seen.bodies = messages.map((m) => m.body);
  seen.properties = messages[0].applicationProperties;
  seen.lockToken = /^[0-9a-f-]{36}$/.test(messages[0].lockToken);
  seen.renewed = (await receiver.renewMessageLock(messages[0])) instanceof Date;
  await receiver.completeMessage(messages[0]);
  await receiver.abandonMessage(messages[1], { attempt: "one" });
  await receiver.deferMessage(messages[2]);
  await receiver.deadLetterMessage(messages[3], { deadLetterReason: "why", deadLetterErrorDescription: "because", extra: 5 });
  const [again] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5000 });
  seen.again = [again.body, again.deliveryCount, again.applicationProperties];
  await receiver.completeMessage(again);
  const [deferred] = await receiver.receiveDeferredMessages([messages[2].sequenceNumber]);
  seen.deferred = deferred.body;
  await receiver.completeMessage(deferred);
  const dead = client.createReceiver("second", { subQueueType: "deadLetter", receiveMode: "receiveAndDelete" });
  const [letter] = await dead.receiveMessages(1, { maxWaitTimeInMs: 5000 });
  seen.letter = [letter.body, letter.deadLetterReason, letter.deadLetterErrorDescription, letter.applicationProperties.extra];
  const [number] = await sender.scheduleMessages([{ body: "later" }], new Date(Date.now() + 60000));
  const [peeked] = await receiver.peekMessages(1, { fromSequenceNumber: number });
  seen.scheduled = [peeked.body, peeked.state];
  await sender.cancelScheduledMessages(number);
  seen.afterCancel = (await receiver.peekMessages(10)).length;
  await new Promise((resolve, reject) => {
    const subscription = receiver.subscribe({
      processMessage: async (m) => { seen.streamed = m.body; subscription.close().then(resolve); },
      processError: async (e) => reject(e.error),
    });
    sender.sendMessages({ body: "streamed" });
  });
  await Promise.all([sender.close(), receiver.close(), dead.close()]);
}

async function sessions(client) {
  const sender = client.createSender("second-sessions");
  await sender.sendMessages([{ body: 1, sessionId: "s1" }, { body: 2, sessionId: "s1" }]);
  const session = await client.acceptNextSession("second-sessions");
  const messages = [];
  while (messages.length < 2) messages.push(...await session.receiveMessages(2, { maxWaitTimeInMs: 5000 }));
  seen.session = [session.sessionId, messages.map((m) => m.body), session.sessionLockedUntilUtc instanceof Date];
  await session.setSessionState("half way");
  seen.state = Buffer.from(await session.getSessionState()).toString();
  await session.renewSessionLock();
  for (const m of messages) await session.completeMessage(m);
  try {
    await client.acceptSession("second-sessions", "s1");
  } catch (error) { seen.locked = error.code; }
  await Promise.all([session.close(), sender.close()]);
}

async function rules(client) {
  const manager = client.createRuleManager("second-topic", "sub");
  await manager.deleteRule("$Default");
  await manager.createRule("sql", { sqlExpression: "n > 5" }, { sqlExpression: "SET m = n + 1" });
  await manager.createRule("correlation", { subject: "x", applicationProperties: { k: "v", i: 3 } });
  const listed = [];
  for await (const rule of manager.listRules()) listed.push(rule);
  seen.rules = listed;
  try {
    await manager.createRule("broken", { sqlExpression: "n >" });
  } catch (error) { seen.brokenRule = error.message; }
  const sender = client.createSender("second-topic");
  await sender.sendMessages([
    { body: "low", applicationProperties: { n: 1 } },
    { body: "high", applicationProperties: { n: 9 } },
    { body: "x", subject: "x", applicationProperties: { k: "v", i: 3 } },
  ]);
  const receiver = client.createReceiver("second-topic", "sub", { receiveMode: "receiveAndDelete" });
  const messages = [];
  while (messages.length < 2) messages.push(...await receiver.receiveMessages(2, { maxWaitTimeInMs: 5000 }));
  seen.matched = messages.map((m) => [m.body, m.applicationProperties.m, m.applicationProperties.RuleName]);
  await manager.deleteRule("sql");
  await Promise.all([sender.close(), receiver.close()]);
}

async function refusals(client) {
  for (const [name, run] of Object.entries({
    unknown: () => client.createSender("nowhere").sendMessages({ body: 1 }),
    tooBig: () => client.createSender("second").sendMessages({ body: Buffer.alloc(300000) }),
  })) {
    try { await run(); seen[name] = "accepted"; } catch (error) { seen[name] = error.code; }
  }
  const wrong = new ServiceBusClient(connectionString.replace(/SharedAccessKey=[^;]*/, "SharedAccessKey=wrong"), { retryOptions });
  try { await wrong.createSender("second").sendMessages({ body: 1 }); } catch (error) { seen.wrongKey = error.code; }
  await wrong.close();
}

(async () => {
  const client = new ServiceBusClient(connectionString, { retryOptions, identifier: randomUUID() });
  for (const part of [queue, sessions, rules, refusals]) await part(client);
  await client.close();
  console.log(JSON.stringify(seen));
  process.exit(0);
})().catch((error) => { console.error(error); console.log(JSON.stringify(seen)); process.exit(1); });
