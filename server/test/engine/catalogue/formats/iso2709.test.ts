import t from 'tap';
import { createFramer } from '../../../../engine/catalogue/formats/iso2709-frames.js';
import { parseIso2709 } from '../../../../engine/catalogue/formats/iso2709-record.js';
import { codes, marc, rawMarc, readAll, records } from './marc-builder.js';

const RECORD_END = Buffer.from([0x1d]);

t.test('a clean file gives every record and says nothing', async (t) => {
  const { read, refused, file } = await readAll(Buffer.concat(records(450)));
  t.equal(read.length, 450);
  t.same(refused, []);
  t.same(file, []);
  t.ok(read.every((r) => r.warnings.length === 0 && r.raw === undefined));
});

t.test('places are those of the file: index, first byte and length', async (t) => {
  const parts = records(3);
  const { read } = await readAll(Buffer.concat(parts));
  t.same(
    read.map((r) => [r.index, r.offset, r.length]),
    [
      [0, 0, parts[0]?.length],
      [1, parts[0]?.length, parts[1]?.length],
      [2, (parts[0]?.length ?? 0) + (parts[1]?.length ?? 0), parts[2]?.length],
    ],
  );
});

t.test('chunk borders may fall anywhere', async (t) => {
  const whole = Buffer.concat(records(3));
  for (const size of [1, 7, 24, 100, 193]) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size));
    const { ids, refused } = await readAll(chunks);
    t.same(ids, ['b1', 'b2', 'b3'], `chunks of ${size}`);
    t.same(refused, []);
  }
});

t.test('a byte order mark, line breaks and filler are skipped and named once', async (t) => {
  const [a, b, c] = records(3) as [Buffer, Buffer, Buffer];
  const marked = await readAll(Buffer.concat([Buffer.from('\ufeff'), a, b]));
  t.same([marked.ids, marked.file], [['b1', 'b2'], ['byte_order_mark']]);
  const broken = await readAll(
    Buffer.concat([a, Buffer.from('\r\n'), b, Buffer.from('\r\n'), c, Buffer.from('\r\n')]),
  );
  t.same([broken.ids, broken.file], [['b1', 'b2', 'b3'], ['line_breaks_between_records']]);
  const padded = await readAll(Buffer.concat([a, b, Buffer.alloc(600, 0x20)]));
  t.same([padded.ids, padded.file], [['b1', 'b2'], ['filler_between_records']]);
  t.equal(padded.read[1]?.warnings.length, 0);
});

t.test('one closing line break is how files end, and is no matter', async (t) => {
  const { ids, file } = await readAll(Buffer.concat([...records(2), Buffer.from('\n')]));
  t.same([ids, file], [['b1', 'b2'], []]);
});

t.test('a record with a wrong length is read to its terminator', async (t) => {
  const [a, b, c] = records(3) as [Buffer, Buffer, Buffer];
  for (const length of ['00099', '99999', 'abcde', '00000', '     ']) {
    const wrong = Buffer.from(b);
    wrong.write(length, 'latin1');
    const { ids, read, refused } = await readAll(Buffer.concat([a, wrong, c]));
    t.same(ids, ['b1', 'b2', 'b3'], length);
    t.same(codes(read[1]), ['length_wrong'], length);
    t.same(refused, []);
  }
});

t.test('a lost terminator does not join two records', async (t) => {
  const [a, b, c] = records(3) as [Buffer, Buffer, Buffer];
  const { ids } = await readAll(Buffer.concat([a, b.subarray(0, -1), c]));
  t.same(ids, ['b1', 'b2', 'b3']);
});

t.test('a stray terminator inside a field does not end the record', async (t) => {
  const stray = rawMarc([
    ['001', Buffer.from('b9')],
    ['245', Buffer.from('10\x1faOne \x1d two', 'latin1')],
  ]);
  const { ids, read } = await readAll(Buffer.concat([...records(1), stray, ...records(1, 2)]));
  t.same(ids, ['b1', 'b9', 'b2']);
  t.equal(read[1]?.bib.title.text, 'One two');
});

t.test('bytes missing from the middle cost the damaged records only', async (t) => {
  const parts = records(30);
  const whole = Buffer.concat(parts);
  for (let cut = 0; cut < 300; cut += 7) {
    const from = 900 + cut;
    const damaged = Buffer.concat([whole.subarray(0, from), whole.subarray(from + 250)]);
    const { ids } = await readAll(damaged);
    let at = 0;
    const untouched = parts.flatMap((part, n) => {
      const start = at;
      at += part.length;
      return at <= from || start >= from + 250 ? [`b${n + 1}`] : [];
    });
    t.same(
      untouched.filter((id) => !ids.includes(id)),
      [],
      `cut at ${from}`,
    );
  }
});

t.test('a record cut short keeps no fields of its neighbour', async (t) => {
  const a = marc([
    '001 a1',
    '100 1_ $aFirst, Ann',
    '245 10 $aFirst title',
    '500 __ $aA note of the first record',
  ]);
  const b = marc([
    '001 b1',
    '100 1_ $aSecond, Bob',
    '245 10 $aSecond title',
    '520 __ $aA summary of the second',
  ]);
  const joined = Buffer.concat([a.subarray(0, a.length - 30), b.subarray(140)]);
  const { read } = await readAll(Buffer.concat([joined, ...records(1)]));
  t.equal(read[0]?.bib.title.text, 'First title');
  t.equal(read[0]?.bib.summary, undefined);
  t.ok(codes(read[0]).includes('record_incomplete'));
  t.equal(read[1]?.bib.id, 'b1');
});

t.test('a file that ends inside a record keeps what is there and says so', async (t) => {
  const whole = Buffer.concat(records(3));
  const { ids, read } = await readAll(whole.subarray(0, whole.length - 20));
  t.same(ids, ['b1', 'b2', 'b3']);
  t.ok(codes(read[2]).includes('record_truncated'));
  t.same(codes(read[1]), []);
  t.ok((read[2]?.raw?.length ?? 0) > 0, 'its bytes are kept');
});

t.test('a wrong base address is found again', async (t) => {
  for (const base of ['99937', '00000', 'f0037']) {
    const record = marc(['001 b1', '245 10 $aTitle']);
    record.write(base, 12, 'latin1');
    const { read } = await readAll(record);
    t.equal(read[0]?.bib.title.text, 'Title');
    t.same(codes(read[0]), ['base_address_wrong']);
  }
});

t.test('a directory that counts characters instead of bytes is rebuilt from terminators', (t) => {
  const body = (text: string) => Buffer.from(text);
  const fields: [string, Buffer][] = [
    ['001', body('b1')],
    ['245', body('10\x1faÉté à Évreux')],
    ['650', body(' 0\x1faMère')],
    ['700', body('1 \x1faDupré, Éva')],
  ];
  const sound = rawMarc(fields, 'a');
  const directory = fields.reduce(
    ({ text, start }, [tag, b]) => {
      const length = b.toString().length + 1;
      return {
        text: text + tag + String(length).padStart(4, '0') + String(start).padStart(5, '0'),
        start: start + length,
      };
    },
    { text: '', start: 0 },
  ).text;
  sound.write(directory, 24, 'latin1');
  const parsed = parseIso2709(sound);
  t.ok('record' in parsed && 'notices' in parsed);
  if (!('notices' in parsed)) return t.end();
  t.same(
    parsed.notices.map((n) => n.code),
    ['directory_rebuilt'],
  );
  t.equal(parsed.record.fields[3]?.subfields[0]?.text, 'Dupré, Éva');
  t.end();
});

t.test('a field of more than 9,999 bytes with five digits in the directory is read', (t) => {
  const long = `  \x1fa${'long '.repeat(3000)}`;
  const bodies = ['b1\x1e', '10\x1faTitle\x1e', `${long}\x1e`, ' 0\x1faWhales\x1e'];
  const tags = ['001', '245', '520', '650'];
  let start = 0;
  let directory = '';
  bodies.forEach((b, n) => {
    directory += `${tags[n]}${String(b.length).padStart(4, '0')}${String(start).padStart(5, '0')}`;
    start += b.length;
  });
  const base = 24 + directory.length + 1;
  const total = base + start + 1;
  const text = `${String(total).padStart(5, '0')}nam a22${String(base).padStart(5, '0')} i 4500${directory}\x1e${bodies.join('')}\x1d`;
  const parsed = parseIso2709(Buffer.from(text, 'latin1'));
  t.ok('notices' in parsed && parsed.notices.some((n) => n.code === 'directory_rebuilt'));
  t.ok('notices' in parsed && parsed.record.fields.length === 4);
  t.end();
});

t.test('a record longer than MARC can count comes in, and its neighbours too', async (t) => {
  const fields: [string, Buffer][] = [
    ['001', Buffer.from('big')],
    ['245', Buffer.from('10\x1faBig')],
    ...Array.from({ length: 30 }, (): [string, Buffer] => ['500', Buffer.from(`  \x1fa${'n'.repeat(4990)}`)]),
  ];
  const big = rawMarc(fields, 'a');
  t.ok(big.length > 99_999);
  const all = Buffer.concat([...records(1), big, ...records(1, 2)]);
  const { ids, read } = await readAll(all);
  t.same(ids, ['b1', 'big', 'b2']);
  t.ok(codes(read[1]).includes('record_oversize'));
  t.equal(read[1]?.bib.notes.length, 30);
});

t.test('an overlong record whose directory lacks an entry is aligned by field lengths', async (t) => {
  const note = (n: number): [string, Buffer] => ['500', Buffer.from(`  \x1fa${'n'.repeat(4000 + n)}`)];
  const big = rawMarc(
    [
      ['001', Buffer.from('big')],
      ['245', Buffer.from('10\x1faBig')],
      ...Array.from({ length: 30 }, (_, n) => note(n)),
    ],
    'a',
  );
  // The third entry (245 is the second) goes; every later one still names its own length.
  const cut = Buffer.concat([big.subarray(0, 48), big.subarray(60)]);
  const { ids, read } = await readAll(Buffer.concat([...records(1), cut, ...records(1, 2)]));
  t.same(ids, ['b1', 'big', 'b2']);
  t.equal(read[1]?.bib.notes.length, 29);
});

t.test('fields after a gap inside one record are found where the gap moved them', async (t) => {
  const lines = [
    '001 b9',
    '245 10 $aTitle',
    '500 __ $aFirst note',
    '500 __ $aSecond note',
    '520 __ $aSummary',
  ];
  const record = marc(lines);
  const from = record.indexOf('First note');
  const to = record.indexOf('Second note');
  const cut = Buffer.concat([record.subarray(0, from), record.subarray(to)]);
  const { read } = await readAll(Buffer.concat([cut, ...records(1)]));
  t.match(read[0]?.bib, { id: 'b9', title: { text: 'Title' }, summary: 'Summary' });
  t.ok(codes(read[0]).includes('record_incomplete'));
  t.equal(read[1]?.bib.id, 'b1');
});

t.test('a record without fields is refused by number, and the rest goes on', async (t) => {
  const empty = Buffer.from('00026nam a2200025 i 4500\x1e\x1d', 'latin1');
  const { ids, refused } = await readAll(Buffer.concat([...records(1), empty, ...records(1, 2)]));
  t.same(ids, ['b1', 'b2']);
  t.match(refused, [{ index: 1, reason: { code: 'no_fields' } }]);
});

t.test('bytes that are no record are refused alone', async (t) => {
  const junk = Buffer.from('HTTP/1.1 200 OK and other words that are not a record at all');
  const { ids, refused } = await readAll(Buffer.concat([...records(1), junk, ...records(2, 2)]));
  t.same(ids, ['b1', 'b2', 'b3']);
  t.match(refused, [{ index: 1, length: junk.length, reason: { code: 'not_a_record' } }]);
});

t.test('eight mebibytes without an end are refused without being kept in memory', (t) => {
  const framer = createFramer();
  const [good] = records(1) as [Buffer];
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  let frames = framer.push(Buffer.concat([good, Buffer.from('00500nam a2200100 i 4500')]));
  for (let n = 0; n < 10; n++) frames = [...frames, ...framer.push(chunk)];
  frames = [...frames, ...framer.push(Buffer.concat([RECORD_END, good])), ...framer.end()];
  t.ok(frames.some((f) => f.refused === 'record_over_limit'));
  const read = frames.filter((f) => f.refused === undefined && 'notices' in parseIso2709(f.bytes, f.damage));
  t.equal(read.length, 2, 'the records before and after are there');
  t.end();
});

t.test('authority and holdings records are refused by name', async (t) => {
  const z = marc(['001 n1', '100 1_ $aAuthor, An'], '00000nz  a2200000n  4500');
  const y = marc(['001 h1', '852 __ $bMAIN'], '00000ny  a2200000n  4500');
  const w = marc(['001 c1', '153 __ $a823'], '00000nw  a2200000n  4500');
  const { refused, ids } = await readAll(Buffer.concat([z, y, w, ...records(1)]));
  t.same(ids, ['b1']);
  t.match(refused, [
    { id: 'n1', title: 'Author, An', reason: { code: 'authority_record' } },
    { reason: { code: 'holdings_record' } },
    { reason: { code: 'classification_record' } },
  ]);
});

t.test('small damages inside fields are repaired and named', async (t) => {
  const body = (text: string) => Buffer.from(text, 'latin1');
  const record = rawMarc(
    [
      ['001', body('b1')],
      ['245', body('\x1faNo indicators')],
      ['500', body('  \x1faKept\x1f lost text\x1f\x1fbalso')],
      ['500', body('plain words without any subfield')],
      ['0 2', body('  \x1fa9780253325525')],
      ['DB ', body('  \x1faLOCAL')],
      ['260', body('   \x1fbThree blanks')],
    ],
    'a',
  );
  const { read } = await readAll(record);
  t.same(codes(read[0]).sort(), ['indicators_damaged', 'subfield_code_missing', 'tag_damaged']);
  t.equal(read[0]?.bib.title.text, 'No indicators');
  t.equal(read[0]?.bib.publisher?.text, 'Three blanks');
  t.same(read[0]?.bib.notes, ['Kept also', 'plain words without any subfield']);
  t.same(read[0]?.bib.isbns, []);
});

t.test('a control character in the leader reads as blank', async (t) => {
  const record = marc(['001 b1', '245 10 $aTitle']);
  record[9] = 0x14;
  const { read } = await readAll(record);
  t.same(codes(read[0]), ['leader_damaged']);
});
