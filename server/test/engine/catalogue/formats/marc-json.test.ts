import t from 'tap';
import { readAll } from './marc-builder.js';

const leader = '00000nam a2200000 i 4500';
const keyed = (id: string) => ({
  leader,
  fields: [
    { '001': id },
    { '245': { ind1: '1', ind2: '0', subfields: [{ a: `Title ${id} /` }, { c: 'Ann.' }] } },
  ],
});
const tagged = (id: string) => ({
  leader,
  controlfield: [{ tag: '001', data: id }],
  datafield: [{ tag: '245', ind: '10', subfield: [{ code: 'a', data: `Title ${id}` }] }],
});
const listed = (id: string) => ({
  type: 'marc-hash',
  version: [1, 0],
  leader,
  fields: [
    ['001', id],
    ['245', '1', '0', [['a', `Title ${id}`]]],
  ],
});
const lines = (...records: unknown[]) => Buffer.from(records.map((r) => JSON.stringify(r)).join('\n'));

t.test('the three shapes in use are read', async (t) => {
  for (const shape of [keyed, tagged, listed]) {
    const { read, refused } = await readAll(lines(shape('j1'), shape('j2')));
    t.same(refused, []);
    t.same(
      read.map((r) => r.bib.title.text),
      ['Title j1', 'Title j2'],
    );
  }
});

t.test('a file may be lines, an array, one object, or an array inside an object', async (t) => {
  const two = [keyed('j1'), keyed('j2')];
  t.same((await readAll(lines(...two))).ids, ['j1', 'j2']);
  t.same((await readAll(Buffer.from(JSON.stringify(two, null, 2)))).ids, ['j1', 'j2']);
  t.same((await readAll(Buffer.from(JSON.stringify(two[0])))).ids, ['j1']);
  t.same((await readAll(Buffer.from(JSON.stringify({ records: two })))).ids, ['j1', 'j2']);
});

t.test('strings with brackets, quotes and chunk borders inside do not mislead it', async (t) => {
  const odd = {
    leader,
    fields: [{ '001': 'j1' }, { '245': { subfields: [{ a: 'A "quoted" {title} \\ [x]' }] } }],
  };
  const whole = lines(odd, keyed('j2'));
  for (const size of [1, 13, 50]) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size));
    const { read } = await readAll(chunks);
    t.same(
      read.map((r) => r.bib.title.text),
      ['A "quoted" {title} \\ [x]', 'Title j2'],
    );
  }
});

t.test('a broken line costs one record and is named with its line', async (t) => {
  const broken = JSON.stringify(keyed('j2')).slice(0, -9);
  const text = [JSON.stringify(keyed('j1')), broken, JSON.stringify(keyed('j3'))].join('\n');
  const { ids, refused } = await readAll(Buffer.from(text));
  t.same(ids, ['j1', 'j3']);
  t.match(refused, [{ index: 1, reason: { code: 'json_invalid' } }]);
});

t.test('a cut file keeps what came before', async (t) => {
  const whole = lines(keyed('j1'), keyed('j2'));
  const { ids, refused } = await readAll(whole.subarray(0, whole.length - 5));
  t.same([ids, refused.length], [['j1'], 1]);
});

t.test(
  'objects of another shape, bad tags, empty and authority records are refused or repaired',
  async (t) => {
    const { read, refused } = await readAll(
      lines(
        keyed('j1'),
        { title: 'no MARC' },
        { leader, fields: [] },
        { leader: leader.replace('nam', 'nz '), fields: [{ '001': 'n1' }] },
        {
          leader,
          fields: [{ '001': 'j2' }, { '24': 'short' }, { '245': { subfields: [{ a: 'X' }, { b: null }] } }],
        },
      ),
    );
    t.same(
      refused.map((r) => r.reason.code),
      ['json_invalid', 'no_fields', 'authority_record'],
    );
    t.match(read[1], { bib: { id: 'j2', title: { text: 'X' } }, warnings: [{ code: 'tag_damaged' }] });
  },
);
