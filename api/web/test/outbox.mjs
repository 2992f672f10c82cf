// What a worker submits: kept until the server has it, sent once, given back when it
// is refused. The device and the net are made up here; my.mjs has the real ones.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { source } from './compiled.mjs';
import { randomly } from './random.mjs';

const { Outbox } = await source('my/outbox');

/** A device: what it keeps outlives any outbox, also one that is cut off in the middle. */
class Device {
  kept = new Map();
  async drafts(account) {
    return [...this.kept.values()].map((text) => JSON.parse(text)).filter((draft) => draft.account === account);
  }
  async put(draft) {
    this.kept.set(draft.key, JSON.stringify(draft));
  }
  async remove(key) {
    this.kept.delete(key);
  }
}

/** A server that carries a key out once, behind a net that loses what a test says. */
class Server {
  who = 'wang';
  done = new Map(); // by key
  asked = 0;
  lose = () => ''; // 'request' or 'answer'
  refuse = () => 0; // a status
  standing = { etag: '"2"', properties: { households: 7 } };
  account = () => this.who;
  async send(draft) {
    this.asked++;
    await null;
    const lost = this.lose(draft, this.asked);
    if (lost === 'request') return { status: 0, detail: '' };
    const status = this.refuse(draft) || 200;
    if (status === 200) this.done.set(draft.key, (this.done.get(draft.key) ?? 0) === 0 ? draft.request.body : this.done.get(draft.key));
    return lost === 'answer' ? { status: 0, detail: '' } : { status, detail: status === 200 ? '' : 'so it is' };
  }
  async stands() {
    return this.standing;
  }
}

const about = (id, what = 'figures') => ({ what, layer: 'buildings', id, title: `${id}号楼` });
const patch = (id, households) => ({ method: 'PATCH', path: `/collections/buildings/items/${id}`, etag: '"1"', body: { properties: { households } } });

async function open(device, server, account = 'wang') {
  let changes = 0;
  const outbox = new Outbox(account, device, server, () => changes++);
  await outbox.read();
  return Object.assign(outbox, { changes: () => changes });
}

test('what is entered without a net is on the device, and sent in order when there is one', async () => {
  const [device, server] = [new Device(), new Server()];
  server.lose = () => 'request';
  const outbox = await open(device, server);
  for (const id of [1, 2, 3]) await outbox.add(about(id), patch(id, id * 10));
  assert.equal(device.kept.size, 3);
  assert.equal(await outbox.send(), 'away');
  assert.equal(server.asked, 1, 'the others wait for the first');
  const again = await open(device, server); // the page is loaded anew
  assert.deepEqual(again.waiting.map((draft) => draft.about.id), [1, 2, 3]);
  server.lose = () => '';
  assert.equal(await again.send(), 'sent');
  assert.deepEqual([...server.done.values()].map((body) => body.properties.households), [10, 20, 30]);
  assert.equal(device.kept.size + again.waiting.length, 0);
  assert.ok(again.changes() > 0);
});

test('an answer that is lost is asked for again under the same key', async () => {
  const [device, server] = [new Device(), new Server()];
  server.lose = (_, n) => (n < 4 ? 'answer' : '');
  const { key } = await (await open(device, server)).add(about(1), patch(1, 5));
  for (let n = 0; n < 3; n++) assert.equal(await (await open(device, server)).send(), 'away');
  const last = await open(device, server);
  assert.equal(await last.send(), 'sent');
  assert.deepEqual([...server.done.keys()], [key]);
  assert.equal(server.asked, 4);
});

test('statuses that pass, those that ask for the sign-in, and those that are final', async () => {
  for (const [status, end, waiting, returned] of [
    [0, 'away', 1, 0], [408, 'away', 1, 0], [429, 'away', 1, 0], [500, 'away', 1, 0], [503, 'away', 1, 0],
    [401, 'signed-out', 1, 0], [400, 'sent', 0, 1], [403, 'sent', 0, 1], [404, 'sent', 0, 1], [409, 'sent', 0, 1], [412, 'sent', 0, 1], [422, 'sent', 0, 1], [200, 'sent', 0, 0], [201, 'sent', 0, 0], [204, 'sent', 0, 0],
  ]) {
    const [device, server] = [new Device(), new Server()];
    server.send = async () => ({ status, detail: 'so it is' });
    const outbox = await open(device, server);
    await outbox.add(about(1), patch(1, 5));
    assert.deepEqual([status, await outbox.send(), outbox.waiting.length, outbox.returned.length], [status, end, waiting, returned]);
    assert.equal(device.kept.size, waiting + returned, `${status}: the device differs`);
  }
});

test('a conflict comes back with both values, once what stands there is known', async () => {
  const [device, server] = [new Device(), new Server()];
  server.refuse = (draft) => (draft.request.etag === '"1"' ? 412 : 0);
  server.stands = async () => { throw new Error('no net'); };
  const outbox = await open(device, server);
  const first = await outbox.add(about(1), patch(1, 5));
  assert.equal(await outbox.send(), 'away', 'it came back without the other value');
  server.stands = Server.prototype.stands;
  assert.equal(await outbox.send(), 'sent');
  const [back] = (await open(device, server)).returned; // it stays through a reload
  assert.deepEqual(back.returned, { status: 412, detail: 'so it is', theirs: server.standing });
  assert.equal(back.request.body.properties.households, 5);
  assert.equal(await outbox.send(), 'sent');
  assert.equal(server.done.size, 0, 'it was sent again by itself');

  await outbox.insist(back);
  assert.equal(await outbox.send(), 'sent');
  assert.equal(outbox.returned.length + device.kept.size, 0);
  const [[key, body]] = [...server.done];
  assert.equal(body.properties.households, 5);
  assert.notEqual(key, first.key, 'another request under the key of the first');
});

test('what came back can be given up', async () => {
  const [device, server] = [new Device(), new Server()];
  server.refuse = () => 422;
  const outbox = await open(device, server);
  await outbox.add(about(1, 'visit'), { method: 'POST', path: '/visits', body: {} });
  await outbox.send();
  await outbox.drop(outbox.returned[0]);
  assert.equal(device.kept.size, 0);
});

test('one account sees and sends nothing of another', async () => {
  const [device, server] = [new Device(), new Server()];
  const wang = await open(device, server);
  await wang.add(about(1), patch(1, 5));
  server.who = 'li'; // signed in since, in another page
  assert.equal(await wang.send(), 'signed-out');
  assert.equal(server.asked, 0);
  const li = await open(device, server, 'li');
  assert.equal(li.waiting.length, 0);
  assert.equal(await li.send(), 'sent');
  server.who = 'wang';
  const again = await open(device, server);
  assert.equal(await again.send(), 'sent');
  assert.equal(server.done.size, 1);
});

test('a later entry takes the place of one that waits about the same; visits add up', async () => {
  const [device, server] = [new Device(), new Server()];
  const outbox = await open(device, server);
  for (const households of [5, 6]) await outbox.add(about(1), patch(1, households));
  await outbox.add(about(2), patch(2, 9));
  for (let n = 0; n < 2; n++) await outbox.add(about(1, 'visit'), { method: 'POST', path: '/visits', body: { n } });
  assert.equal(device.kept.size, 4);
  await outbox.send();
  assert.deepEqual([...server.done.values()], [{ properties: { households: 6 } }, { properties: { households: 9 } }, { n: 0 }, { n: 1 }]);
});

test('what is added while sending is sent as well, and sendings do not overlap', async () => {
  const [device, server] = [new Device(), new Server()];
  const outbox = await open(device, server);
  await outbox.add(about(1), patch(1, 1));
  const first = outbox.send();
  await outbox.add(about(2), patch(2, 2));
  assert.deepEqual(await Promise.all([first, outbox.send(), outbox.send()]), ['sent', 'sent', 'sent']);
  assert.equal(server.asked, 2);
});

test('what another entry took the place of while others were sent is not sent', async () => {
  const [device, server] = [new Device(), new Server()];
  const outbox = await open(device, server);
  await outbox.add(about(1), patch(1, 1));
  await outbox.add(about(2), patch(2, 2));
  const { send } = server;
  server.send = async function (draft) {
    if (this.asked === 0) await outbox.add(about(2), patch(2, 3));
    return send.call(this, draft);
  };
  assert.equal(await outbox.send(), 'sent');
  assert.deepEqual([...server.done.values()].map((body) => body.properties.households), [1, 3]);
});

test('a device that keeps nothing takes nothing', async () => {
  const [device, server] = [new Device(), new Server()];
  device.put = async () => { throw new Error('full'); };
  const outbox = await open(device, server);
  await assert.rejects(outbox.add(about(1), patch(1, 1)));
  assert.equal(outbox.waiting.length, 0);
});

test('whatever is lost and wherever the page is cut off, each entry is carried out once', async () => {
  const { seed, random } = randomly();
  for (let round = 0; round < 300; round++) {
    const [device, server] = [new Device(), new Server()];
    const entered = new Map();
    const remove = device.remove.bind(device);
    server.lose = () => (random() < 0.3 ? 'request' : random() < 0.3 ? 'answer' : '');
    device.remove = (key) => (random() < 0.2 ? Promise.reject(new Error('cut off')) : remove(key));
    for (let n = 0; n < 5; n++) {
      const outbox = await open(device, server);
      const draft = await outbox.add(about(n, 'visit'), { method: 'POST', path: '/visits', body: { n } });
      entered.set(draft.key, n);
      await outbox.send().catch(() => {});
    }
    server.lose = () => '';
    device.remove = remove;
    const last = await open(device, server);
    assert.equal(await last.send(), 'sent', `again with SEED=${seed}`);
    assert.deepEqual(new Map([...server.done].map(([key, body]) => [key, body.n])), entered, `again with SEED=${seed}, round ${round}`);
  }
});
