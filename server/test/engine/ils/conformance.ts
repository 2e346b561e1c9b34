import t, { type Test } from 'tap';
import { ItemStatus } from '../../../contract/vocabulary.js';
import { ilsFunctions, type IlsFunction } from '../../../engine/ils/capabilities.js';
import { IlsFault } from '../../../engine/ils/ils-fault.js';
import { callOf, patronConformance } from './conformance-patrons.js';
import type { IlsUnderTest, Opening } from './system-under-test.js';

const never = new AbortController().signal;

/**
 * What every adapter of the Ils seam promises; one that cannot keep it does not go behind the shield. `offers` names
 * the functions of this system: they must work, and all others must be refused as `not_offered`.
 */
export function ilsConformance(
  name: string,
  open: () => IlsUnderTest | Promise<IlsUnderTest>,
  offers: readonly IlsFunction[] = ['branches', 'availability'],
): void {
  const opened: Opening = async (t) => {
    const system = await open();
    t.teardown(async () => {
      await system.ils.close();
      await system.close?.();
    });
    return system;
  };
  t.test(name, (t) => {
    capabilityConformance(t, opened, offers);
    if (offers.includes('branches')) branchConformance(t, opened);
    if (offers.includes('availability')) copiesConformance(t, opened);
    if (offers.includes('authenticate')) patronConformance(t, opened, offers);
    t.end();
  });
}

function capabilityConformance(t: Test, open: Opening, offers: readonly IlsFunction[]): void {
  t.test('says of every function whether it can be used, and why not', async (t) => {
    const { ils } = await open(t);
    const told = await ils.capabilities({ signal: never });
    t.same(Object.keys(told).sort(), [...ilsFunctions].sort());
    for (const one of ilsFunctions) {
      const capability = told[one];
      t.equal(capability.works, offers.includes(one), one);
      if (!capability.works) t.match(capability.because, /\w.*\w/, 'in a sentence for staff');
    }
    t.equal(ils.feed !== undefined, offers.includes('harvest'), 'a feed is there exactly where it harvests');
    t.match(ils.name, /\w/);
  });

  t.test('what it does not offer is refused as not offered, and never answered', async (t) => {
    const { ils, withItems } = await open(t);
    for (const one of ilsFunctions.filter((one) => !offers.includes(one) && one !== 'harvest')) {
      for (const call of callOf(one, ils, withItems)) {
        const fault: unknown = await call().then(
          () => undefined,
          (error: unknown) => error,
        );
        t.ok(fault instanceof IlsFault && fault.kind === 'not_offered', one);
        t.ok(fault instanceof IlsFault && !fault.mayHaveHappened, `${one}: nothing was asked`);
      }
    }
    t.ok(offers.length > 0);
  });
}

function branchConformance(t: Test, open: Opening): void {
  t.test('names its branches', async (t) => {
    const { ils } = await open(t);
    const branches = await ils.branches({ signal: never });
    t.ok(branches.length > 0);
    for (const branch of branches) t.match(branch, { id: /./, name: /./, pickup: Boolean });
    t.equal(new Set(branches.map(({ id }) => id)).size, branches.length, 'each once');
  });

  t.test('throws when it cannot name its branches', async (t) => {
    const { ils, breakIt, branchesAreSettings } = await open(t);
    await breakIt();
    const asking = ils.branches({ signal: never });
    if (branchesAreSettings) t.ok((await asking).length > 0, 'settings can be read all the same');
    else await t.rejects(asking, IlsFault);
  });
}

function copiesConformance(t: Test, open: Opening): void {
  t.test('answers every record asked for, with none where there are none', async (t) => {
    const { ils, withItems, withoutItems, strange, lends = 'items' } = await open(t);
    const asked = [withItems, withoutItems, ...(strange ? [strange] : [])];
    const answer = await ils.availability(asked, { signal: never });
    t.same([...answer.keys()].sort(), asked.map(({ id }) => id).sort());
    t.ok((answer.get(withItems.id)?.[lends] ?? []).length > 0);
    for (const none of [withoutItems, ...(strange ? [strange] : [])])
      t.strictSame(answer.get(none.id), { items: [], ecopies: [] });
  });

  t.test('normalises every status and keeps the raw one', async (t) => {
    const { ils, withItems } = await open(t);
    const copies = (await ils.availability([withItems], { signal: never })).get(withItems.id);
    const branches =
      (copies?.items ?? []).length > 0
        ? new Set((await ils.branches({ signal: never })).map((branch) => branch.id))
        : new Set();
    for (const item of copies?.items ?? []) {
      t.ok(ItemStatus.safeParse(item.status).success, item.status);
      t.match(item.rawStatus, /./);
      t.equal(item.recordId, withItems.id);
      t.ok(branches.has(item.branchId), 'at a branch it has named');
      if (item.dueAt !== undefined) t.ok(!Number.isNaN(Date.parse(item.dueAt)));
      if (item.dueAt !== undefined) t.not(item.status, 'available', 'what is on loan is not on the shelf');
    }
    for (const ecopy of copies?.ecopies ?? []) {
      t.match(ecopy, { id: /./, lender: /./, status: /^(available|checked_out|unknown)$/, rawStatus: /./ });
      if (ecopy.url !== undefined) t.match(ecopy.url, /^https?:\/\//);
    }
  });

  t.test('a status it does not know is unknown, never available, and is kept as it was said', async (t) => {
    const { ils, oddStatus } = await open(t);
    if (!oddStatus) return t.pass('this system has no statuses but its own');
    const copies = (await ils.availability([oddStatus], { signal: never })).get(oddStatus.id);
    const told = [...(copies?.items ?? []), ...(copies?.ecopies ?? [])];
    t.ok(told.length > 0);
    for (const one of told) {
      t.equal(one.status, 'unknown');
      t.match(one.rawStatus, /./);
    }
  });

  t.test('asked for nothing, answers nothing', async (t) => {
    const { ils } = await open(t);
    t.equal((await ils.availability([], { signal: never })).size, 0);
  });

  t.test('throws when it cannot say, rather than making something up', async (t) => {
    const { ils, withItems, breakIt } = await open(t);
    await breakIt();
    await t.rejects(ils.availability([withItems], { signal: never }), IlsFault);
  });

  t.test('stops when its asker leaves', async (t) => {
    const { ils, withItems, slowIt } = await open(t);
    slowIt();
    const leaving = new AbortController();
    const waiting = ils.availability([withItems], { signal: leaving.signal });
    leaving.abort(new Error('gone'));
    await t.rejects(waiting, { message: 'gone' });
    await t.rejects(ils.availability([withItems], { signal: leaving.signal }), { message: 'gone' });
  });
}
