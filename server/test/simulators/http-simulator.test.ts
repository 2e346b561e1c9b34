import t, { type Test } from 'tap';
import { json, openHttpSimulator, quietLine, SILENCE } from './http-simulator.js';

async function open(test: Test) {
  const simulator = await openHttpSimulator({ carriedOut: 0 }, quietLine(), (asked, url) => {
    if (asked.path === '/write') {
      simulator.state.carriedOut += 1;
      return SILENCE;
    }
    return json(200, { url, path: asked.path, body: asked.body });
  });
  test.teardown(() => simulator.close());
  return simulator;
}

t.test('What was asked is kept as it was on the wire', async (t) => {
  const simulator = await open(t);
  const answer = await fetch(`${simulator.url}/a%20b?x=1%2B1&x=2`, { method: 'POST', body: 'text' });
  t.same(await answer.json(), { url: simulator.url, path: '/a%20b', body: 'text' });
  t.match(simulator.asked, [{ method: 'POST', target: '/a%20b?x=1%2B1&x=2', body: 'text' }]);
  t.same(simulator.asked[0]?.query.getAll('x'), ['1+1', '2']);
});

t.test('A server that never answers lets go of who gives up, and is well afterwards', async (t) => {
  const simulator = await open(t);
  simulator.faults.slowMs = Infinity;
  const stop = new AbortController();
  const waiting = fetch(simulator.url, { signal: stop.signal });
  while (simulator.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  await t.rejects(waiting);
  simulator.faults.slowMs = 0;
  t.equal((await fetch(simulator.url)).status, 200);
});

t.test('Faults strike only the requests they are meant for', async (t) => {
  const simulator = await open(t);
  simulator.faults.half = true;
  simulator.faults.only = (asked) => asked.path === '/struck';
  t.equal((await fetch(`${simulator.url}/other`)).status, 200);
  const struck = await fetch(`${simulator.url}/struck`);
  t.equal(struck.status, 200, 'the head is whole');
  await t.rejects(struck.text(), 'the body is not');
  simulator.faults.half = false;
  simulator.faults.wrongType = true;
  const plain = await fetch(`${simulator.url}/struck`);
  t.match(plain.headers.get('content-type'), 'text/plain');
  t.match(await plain.json(), { path: '/struck' });
});

t.test('A write may be carried out and never be answered; closing waits for nobody', async (t) => {
  const simulator = await open(t);
  const writing = fetch(`${simulator.url}/write`, { method: 'POST' });
  while (simulator.state.carriedOut === 0) await new Promise((resolve) => setImmediate(resolve));
  await simulator.close();
  await t.rejects(writing);
  t.equal(simulator.state.carriedOut, 1);
});
