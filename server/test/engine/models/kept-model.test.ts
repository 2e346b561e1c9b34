import t from 'tap';
import { keepModel } from '../../../engine/models/kept-model.js';
import { createFakeClock } from '../../fakes/clock.js';

interface Model {
  id: string;
  close(): Promise<void>;
}

/** A model whose opening is settled by the test, and what was done with it. */
function setUp({ isFinal }: { isFinal?: boolean } = {}) {
  const clock = createFakeClock();
  const done: string[] = [];
  const openings: { resolve(model: Model): void; reject(error: Error): void }[] = [];
  const kept = keepModel({
    open: () => new Promise<Model>((resolve, reject) => openings.push({ resolve, reject })),
    onOpen: ({ id }) => done.push(`opened ${id}`),
    onTrouble: (error) => done.push(`trouble: ${(error as Error).message}`),
    retryMs: 30_000,
    isFinal: () => isFinal === true,
    clock,
  });
  const model: Model = { id: 'm', close: async () => void done.push('closed m') };
  return { clock, done, openings, kept, model };
}

t.test('a model that opens is told once, and closed by whoever closes', async (t) => {
  const { clock, done, openings, kept, model } = setUp();
  t.same(kept.state(), { state: 'starting', model: null, trouble: null });
  openings[0]?.resolve(model);
  await clock.settle();
  t.same(kept.state(), { state: 'ready', model: 'm', trouble: null });
  await kept.close();
  t.same(done, ['opened m', 'closed m']);
});

t.test('a file that cannot be opened is final; what may pass is tried again', async (t) => {
  const final = setUp({ isFinal: true });
  final.openings[0]?.reject(new Error('damaged'));
  await final.clock.advance(3_600_000);
  t.equal(final.openings.length, 1);
  t.same(final.kept.state(), { state: 'failing', model: null, trouble: 'damaged' });
  await final.kept.close();

  const again = setUp();
  for (const [at, why] of ['away', 'still away'].entries()) {
    again.openings[at]?.reject(new Error(why));
    await again.clock.advance(30_000);
  }
  t.same(again.done, ['trouble: away'], 'staff are told once');
  again.openings[2]?.resolve(again.model);
  await again.clock.settle();
  t.equal(again.kept.state().state, 'ready');
  await again.kept.close();
});

t.test('a model that opens while all closes is closed too, and nothing is begun with it', async (t) => {
  const { clock, done, openings, kept, model } = setUp();
  kept.giveUp();
  openings[0]?.resolve(model);
  await clock.settle();
  await kept.close();
  t.same(done, ['closed m']);

  const waiting = setUp();
  waiting.openings[0]?.reject(new Error('away'));
  await waiting.clock.settle();
  await waiting.kept.close();
  t.equal(waiting.openings.length, 1, 'nobody waits for the next attempt');
});

t.test('a library without a model has none, and nothing to close', async (t) => {
  const kept = keepModel({ open: undefined, retryMs: 1, onOpen: () => t.fail(), onTrouble: () => t.fail() });
  t.same(kept.state(), { state: 'off', model: null, trouble: null });
  await kept.close();
});
