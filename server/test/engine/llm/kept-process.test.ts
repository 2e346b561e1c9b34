import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import t, { type Test } from 'tap';
import { keepProcess, type KeptProcessOptions } from '../../../engine/llm/kept-process.js';
import { createFakeClock } from '../../fakes/clock.js';

/** A process that does nothing by itself. */
class FakeProcess extends EventEmitter {
  connected = true;
  pid = 1;
  stderr = new PassThrough();
  told: unknown[] = [];
  killed: string | undefined;
  obeys = true;
  send(message: { type: string }, done: () => void): void {
    this.told.push(message.type);
    done();
    if (message.type === 'close' && this.obeys) this.end(0, null);
  }
  kill(signal: string): void {
    this.killed = signal;
    this.end(null, signal);
  }
  end(code: number | null, signal: string | null): void {
    if (!this.connected) return;
    this.connected = false;
    this.emit('exit', code, signal);
  }
}

interface Message {
  type: string;
  reason?: string;
}

function setUp(t: Test, more: Partial<KeptProcessOptions<{ type: string }, Message>> = {}) {
  const clock = createFakeClock();
  const processes: FakeProcess[] = [];
  const falls: boolean[] = [];
  const phases: string[] = [];
  const kept = keepProcess<{ type: string }, Message>({
    clock,
    start() {
      const started = new FakeProcess();
      processes.push(started);
      return started as unknown as ChildProcess;
    },
    opening: () => ({ type: 'open' }),
    closing: { type: 'close' },
    ping: { type: 'ping' },
    ready: (message) => message.type === 'ready',
    refusal: (message) => message.reason,
    onMessage: () => undefined,
    onFell: (wasReady) => falls.push(wasReady),
    onPhase: () => phases.push(kept.state().phase),
    beatMs: 2_000,
    hungMs: 20_000,
    startMs: 180_000,
    firstWaitMs: 1_000,
    longestWaitMs: 60_000,
    healthyMs: 60_000,
    failures: 4,
    closeMs: 2_000,
    ...more,
  });
  t.teardown(async () => {
    const closed = kept.close();
    await clock.advance(5_000);
    await closed;
  });
  const now = (): FakeProcess => processes.at(-1) as FakeProcess;
  return { clock, processes, falls, phases, kept, now };
}

t.test('a process that falls is started again after a second, then two, then four', async (t) => {
  const { clock, processes, falls, kept, now } = setUp(t);
  await clock.settle();
  t.same(now().told, ['open', 'ping']);
  t.equal(kept.state().phase, 'starting');
  now().emit('message', { type: 'ready' });
  t.equal(kept.state().phase, 'ready');
  for (const waitMs of [1_000, 2_000, 4_000]) {
    const before = processes.length;
    now().end(null, 'SIGKILL');
    await clock.advance(waitMs - 1);
    t.equal(kept.state().phase, 'restarting');
    t.equal(processes.length, before, 'not before its time');
    await clock.advance(1);
    t.equal(processes.length, before + 1);
  }
  t.same(falls, [true, false, false]);
  t.match(kept.state(), { restarts: 3, fell: 'it ended with SIGKILL' });
});

t.test('falling again and again is failing, says why, and is tried once a minute', async (t) => {
  const { clock, processes, kept, now } = setUp(t);
  await clock.settle();
  for (let i = 0; i < 4; i += 1) {
    now().stderr.write('loading\nGGML_ASSERT(hparams.n_head > 0) failed\n');
    await clock.settle();
    now().end(null, 'SIGABRT');
    await clock.advance(8_000);
  }
  t.match(kept.state(), { phase: 'failing', fell: /SIGABRT.*GGML_ASSERT/ });
  const before = processes.length;
  await clock.advance(51_999);
  t.equal(processes.length, before);
  await clock.advance(1);
  t.equal(processes.length, before + 1);
  t.equal(kept.state().phase, 'failing', 'trying is not yet working');
  now().emit('message', { type: 'ready' });
  t.equal(kept.state().phase, 'ready');
});

t.test('a process that was well for a minute begins with short waits again', async (t) => {
  const { clock, processes, kept, now } = setUp(t);
  await clock.settle();
  for (const waitMs of [1_000, 2_000]) {
    now().end(1, null);
    await clock.advance(waitMs);
  }
  now().emit('message', { type: 'ready' });
  for (let i = 0; i < 4; i += 1) {
    await clock.advance(16_000);
    now().emit('message', { type: 'pong' });
  }
  const before = processes.length;
  now().end(null, 'SIGKILL');
  await clock.advance(1_000);
  t.equal(processes.length, before + 1, 'a third fall in a row would have waited four seconds');
  t.equal(kept.state().phase, 'restarting');
});

t.test('a refusal is failing at once: the next attempt would end the same way', async (t) => {
  const { clock, processes, kept, now } = setUp(t);
  await clock.settle();
  now().emit('message', { type: 'refused', reason: 'the file is cut short' });
  now().end(1, null);
  await clock.advance(59_999);
  t.match(kept.state(), { phase: 'failing', fell: 'the file is cut short' });
  t.equal(processes.length, 1);
});

t.test('a file that the check refuses starts no process at all', async (t) => {
  let bad = true;
  const check = async (): Promise<string | undefined> => (bad ? 'not a GGUF file' : undefined);
  const { clock, processes, kept } = setUp(t, { check });
  await clock.settle();
  t.match(kept.state(), { phase: 'failing', fell: 'not a GGUF file' });
  t.equal(processes.length, 0);
  bad = false;
  await clock.advance(60_000);
  t.equal(processes.length, 1, 'somebody put a good one there');
});

t.test('a check that fails, and a process that cannot be started, are falls like others', async (t) => {
  let attempts = 0;
  const { clock, kept } = setUp(t, {
    check: () => Promise.reject(new Error('the disk is gone')),
    onPhase: () => (attempts += 1),
  });
  await clock.advance(3_500);
  t.match(kept.state(), { phase: 'restarting', fell: 'the disk is gone', restarts: 2 });
  t.equal(attempts, 3);
  const nothing = setUp(t, {
    start() {
      throw new Error('no memory for a process');
    },
  });
  await nothing.clock.settle();
  t.match(nothing.kept.state(), { phase: 'restarting', fell: 'no memory for a process' });
});

t.test('what a process said last is heard, even behind its end', async (t) => {
  const { clock, kept, now } = setUp(t);
  await clock.settle();
  now().emit('exit', 1, null);
  now().emit('message', { type: 'refused', reason: 'the file is cut short' });
  now().connected = false;
  now().emit('disconnect');
  await clock.settle();
  t.match(kept.state(), { phase: 'failing', fell: 'the file is cut short' });
});

t.test('a process that is no more says nothing, however late its words come', async (t) => {
  const heard: string[] = [];
  const { clock, kept, now } = setUp(t, { onMessage: ({ type }) => heard.push(type) });
  await clock.settle();
  const first = now();
  first.end(null, 'SIGKILL');
  await clock.advance(1_000);
  first.emit('message', { type: 'ready' });
  t.equal(kept.state().phase, 'restarting', 'the next one is not ready yet');
  t.same(heard, []);
  now().emit('message', { type: 'ready' });
  t.equal(kept.state().phase, 'ready');
});

t.test('a process that no longer answers is killed; one that answers slowly is not', async (t) => {
  const { clock, kept, now } = setUp(t);
  await clock.settle();
  const first = now();
  first.emit('message', { type: 'ready' });
  for (let i = 0; i < 5; i += 1) {
    await clock.advance(18_000);
    first.emit('message', { type: 'pong' });
  }
  t.equal(first.killed, undefined);
  await clock.advance(24_000);
  t.equal(first.killed, 'SIGKILL');
  t.equal(kept.state().fell, 'it no longer answered');
  await clock.advance(1_000);
  const loading = now();
  t.not(loading, first);
  await clock.advance(170_000);
  t.equal(loading.killed, undefined, 'loading may take long');
  await clock.advance(14_000);
  t.equal(loading.killed, 'SIGKILL', 'but not for ever');
});

t.test('what the process says once it is ready is not kept: it may hold what somebody asked', async (t) => {
  const { clock, kept, now } = setUp(t);
  await clock.settle();
  now().emit('message', { type: 'ready' });
  now().stderr.write('my secret question\n');
  await clock.settle();
  now().end(null, 'SIGABRT');
  await clock.settle();
  t.notMatch(JSON.stringify(kept.state()), /secret/);
});

t.test('closing ends the process in order, by force when it will not, and starts no other', async (t) => {
  const { clock, processes, kept, now } = setUp(t);
  await clock.settle();
  await kept.close();
  t.same(now().told.at(-1), 'close');
  t.equal(now().killed, undefined);
  await clock.advance(120_000);
  t.equal(processes.length, 1);

  const stubborn = setUp(t);
  await stubborn.clock.settle();
  stubborn.now().obeys = false;
  const closed = stubborn.kept.close();
  await stubborn.clock.advance(2_000);
  await closed;
  t.equal(stubborn.now().killed, 'SIGKILL');
});
