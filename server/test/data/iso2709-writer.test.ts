import t from 'tap';
import { type MarcSource, writeIso2709 } from '../../lib/iso2709-writer.js';
import { readRecords } from './read-iso2709.js';

const leader = '00000nam a2200000 i 4500';
const title = (value: string): MarcSource => ({
  leader,
  fields: [
    { tag: '001', value: 'x1' },
    { tag: '245', ind1: '1', ind2: '0', subfields: [['a', value]] },
  ],
});

t.test('lengths are counted in bytes, not characters', (t) => {
  const bytes = writeIso2709(title('紅樓夢 — Ŏmma'));
  t.equal(Number(bytes.toString('latin1', 0, 5)), bytes.length);
  const [record] = readRecords(Buffer.concat([bytes, writeIso2709(title('next'))]));
  t.same(record?.fields[1]?.subfields, [['a', '紅樓夢 — Ŏmma']]);
  t.equal(record?.leader.slice(9, 12), 'a22');
  t.equal(record?.leader.slice(20), '4500');
  t.end();
});

t.test('what ISO 2709 cannot hold is refused in a sentence', (t) => {
  t.throws(() => writeIso2709(title('a'.repeat(10_000))), {
    name: 'RangeError',
    message: /Field 245 is 10005 bytes/,
  });
  t.doesNotThrow(() => writeIso2709(title('a'.repeat(9_994))));
  const field = { tag: '500', ind1: ' ', ind2: ' ', subfields: [['a', 'n'.repeat(9_000)] as const] };
  const long = { leader, fields: Array.from({ length: 12 }, () => field) };
  t.throws(() => writeIso2709(long), { name: 'RangeError', message: /at most 99999/ });
  t.doesNotThrow(() => writeIso2709({ leader, fields: long.fields.slice(0, 11) }));
  t.throws(() => writeIso2709({ ...title('a'), leader: 'short' }), /24 ASCII characters/);
  t.throws(() => writeIso2709(title('a\x1fb')), /delimiter/);
  t.throws(() => writeIso2709({ leader, fields: [{ tag: '24', value: 'x' }] }), /three ASCII/);
  t.throws(
    () => writeIso2709({ leader, fields: [{ tag: '245', ind1: '', ind2: ' ', subfields: [['a', 'x']] }] }),
    /two indicators/,
  );
  t.throws(
    () => writeIso2709({ leader, fields: [{ tag: '245', ind1: ' ', ind2: ' ', subfields: [['ab', 'x']] }] }),
    /one ASCII character/,
  );
  t.end();
});
