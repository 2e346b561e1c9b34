import t from 'tap';
import { createTurns } from '../../../engine/remote/turns.js';

t.test('requests are served in turn, client by client', async (t) => {
  const turns = createTurns({ most: 1 });
  const order: string[] = [];
  const stay = new AbortController().signal;
  const ask = async (client: string, name: string, signal = stay) => {
    const end = await turns.take(client, signal);
    order.push(name);
    await new Promise((resolve) => setImmediate(resolve));
    end();
    end();
  };
  const leaving = new AbortController();
  const first = [ask('a', 'a1'), ask('a', 'a2'), ask('a', 'a3'), ask('b', 'b1')];
  const left = ask('c', 'c1', leaving.signal);
  t.match(turns, { waiting: 4, running: 1 });
  leaving.abort(new Error('left'));
  await t.rejects(left, { message: 'left' });
  t.equal(turns.waiting, 3);
  await Promise.all([...first, ask('b', 'b2')]);
  t.strictSame(order, ['a1', 'a2', 'b1', 'a3', 'b2']);
  t.match(turns, { waiting: 0, running: 0 });
  await t.rejects(turns.take('a', AbortSignal.abort(new Error('gone'))), { message: 'gone' });
});

t.test('never more at a time than allowed', async (t) => {
  const turns = createTurns({ most: 2 });
  let most = 0;
  await Promise.all(
    Array.from({ length: 9 }, async (_, at) => {
      const end = await turns.take(String(at % 3), new AbortController().signal);
      most = Math.max(most, turns.running);
      await new Promise((resolve) => setImmediate(resolve));
      end();
    }),
  );
  t.equal(most, 2);
});
