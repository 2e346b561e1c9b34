import t from 'tap';
import { parseRecord } from '../../../../engine/catalogue/formats/read-catalogue.js';
import { knowledge, marc, readAll, records } from './marc-builder.js';

/** A small generator with a seed, so that a failure can be seen again (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const rich = (n: number) =>
  marc([
    `001 r${n}`,
    '100 1_ $6880-01$aDostoevskiĭ, Fedor$d1821-1881,$eauthor.',
    `245 10 $aBratʹi͡a ${n} :$ba novel /$cF. D.`,
    '264 _1 $aMoskva :$bĖksmo,$c2001.',
    '300 __ $axii, 312 p. ;$c21 cm.',
    '650 _0 $aBrothers$zRussia$vFiction.',
    '880 1_ $6100-01/(N$aДостоевский, Федор',
    '952 __ $aMAIN$bMAIN$p3000',
  ]);

t.test('flipped bytes in one record never throw and never cost an untouched neighbour', async (t) => {
  for (let seed = 1; seed <= 400; seed++) {
    const next = random(seed);
    const parts = [...records(2), rich(1), rich(2), ...records(2, 3)];
    const victim = parts[2] as Buffer;
    for (let flips = 1 + Math.floor(next() * 6); flips > 0; flips--) {
      // The last byte may flip as well: the record then runs into its neighbour unless that is recognised.
      victim[Math.floor(next() * victim.length)] = Math.floor(next() * 256);
    }
    const { ids } = await readAll(Buffer.concat(parts));
    const missing = ['b1', 'b2', 'r2', 'b3', 'b4'].filter((id) => !ids.includes(id));
    if (missing.length > 0) t.fail(`seed ${seed} lost ${missing.join(', ')}`);
  }
  t.pass('400 seeds');
});

t.test('cuts of any length never cost an untouched neighbour', async (t) => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = random(seed * 7919);
    const parts = [...records(3), rich(1), rich(2), rich(3), ...records(3, 4)];
    const whole = Buffer.concat(parts);
    const from = Math.floor(next() * whole.length);
    const to = Math.min(whole.length, from + 1 + Math.floor(next() * 900));
    const { ids } = await readAll(Buffer.concat([whole.subarray(0, from), whole.subarray(to)]));
    let at = 0;
    const names = ['b1', 'b2', 'b3', 'r1', 'r2', 'r3', 'b4', 'b5', 'b6'];
    parts.forEach((part, n) => {
      const start = at;
      at += part.length;
      const name = names[n] ?? '';
      if ((at <= from || start >= to) && !ids.includes(name)) t.fail(`seed ${seed} lost ${name}`);
    });
  }
  t.pass('300 seeds');
});

t.test('noise of every kind is read to its end without a fault', async (t) => {
  for (let seed = 1; seed <= 150; seed++) {
    const next = random(seed * 104729);
    const noise = Buffer.from(Array.from({ length: 600 }, () => Math.floor(next() * 256)));
    const { ids } = await readAll(Buffer.concat([...records(1), noise, ...records(1, 2)]));
    t.ok(ids.includes('b1'), `seed ${seed}`);
    t.doesNotThrow(() => {
      try {
        parseRecord(noise, { knowledge });
      } catch (error) {
        if ((error as { code?: string }).code !== 'file_unreadable') throw error;
      }
    });
  }
});
