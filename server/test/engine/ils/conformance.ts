import t from 'tap';
import { ItemStatus } from '../../../contract/vocabulary.js';
import type { Ils } from '../../../engine/ils/ils.js';
import type { IlsRecord } from '../../../engine/ils/record.js';

/** A system as a test finds it: the adapter, and records it is known to have. */
export interface IlsUnderTest {
  ils: Ils;
  withItems: IlsRecord;
  withoutItems: IlsRecord;
  /** Makes the system unable to answer. */
  breakIt: () => void;
  /** Makes the system so slow that it can be walked away from. */
  slowIt: () => void;
}

/** What every adapter of the Ils seam promises; one that cannot keep it does not go behind the shield. */
export function ilsConformance(name: string, open: () => IlsUnderTest | Promise<IlsUnderTest>): void {
  const signal = new AbortController().signal;
  t.test(name, (t) => {
    t.test('names its branches', async (t) => {
      const { ils } = await open();
      const branches = await ils.branches({ signal });
      t.ok(branches.length > 0);
      for (const branch of branches) t.match(branch, { id: /./, name: /./ });
    });

    t.test('answers every record asked for, with [] where there are no items', async (t) => {
      const { ils, withItems, withoutItems } = await open();
      const answer = await ils.availability([withItems, withoutItems], { signal });
      t.same([...answer.keys()].sort(), [withItems.id, withoutItems.id].sort());
      t.strictSame(answer.get(withoutItems.id)?.items, []);
      t.ok((answer.get(withItems.id)?.items ?? []).length > 0);
    });

    t.test('normalises every status and keeps the raw one', async (t) => {
      const { ils, withItems } = await open();
      const branches = new Set((await ils.branches({ signal })).map((branch) => branch.id));
      for (const item of (await ils.availability([withItems], { signal })).get(withItems.id)?.items ?? []) {
        t.ok(ItemStatus.safeParse(item.status).success, item.status);
        t.type(item.rawStatus, 'string');
        t.equal(item.recordId, withItems.id);
        t.ok(branches.has(item.branchId), 'at a branch it has named');
        if (item.dueAt !== undefined) t.ok(!Number.isNaN(Date.parse(item.dueAt)));
        if (item.dueAt !== undefined) t.not(item.status, 'available', 'what is on loan is not on the shelf');
      }
    });

    t.test('asked for nothing, answers nothing', async (t) => {
      const { ils } = await open();
      t.equal((await ils.availability([], { signal })).size, 0);
    });

    t.test('throws when it cannot say, rather than making something up', async (t) => {
      const { ils, withItems, breakIt } = await open();
      breakIt();
      await t.rejects(ils.availability([withItems], { signal }));
      await t.rejects(ils.branches({ signal }));
    });

    t.test('stops when its asker leaves', async (t) => {
      const { ils, withItems, slowIt } = await open();
      slowIt();
      const leaving = new AbortController();
      const waiting = ils.availability([withItems], { signal: leaving.signal });
      leaving.abort(new Error('gone'));
      await t.rejects(waiting);
      await t.rejects(ils.branches({ signal: leaving.signal }));
    });
    t.end();
  });
}
