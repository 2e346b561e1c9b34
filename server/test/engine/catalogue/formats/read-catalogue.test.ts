import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { parseRecord, readCatalogue } from '../../../../engine/catalogue/formats/read-catalogue.js';
import { chunksOf, knowledge, marc, readAll, records } from './marc-builder.js';

const dir = mkdtempSync(join(tmpdir(), 'carrel-formats-'));
const file = (name: string, content: Buffer | string) => {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
};

async function idsOf(
  source: Parameters<typeof readCatalogue>[0],
  options: Parameters<typeof readCatalogue>[1] = {},
) {
  const ids: string[] = [];
  const indexes: number[] = [];
  for await (const batch of readCatalogue(source, { knowledge, ...options })) {
    for (const o of batch.outcomes) {
      if (o.kind !== 'record') continue;
      ids.push(o.bib.id);
      indexes.push(o.index);
    }
  }
  return { ids, indexes };
}

t.test('batches hold at most 200 and show how far reading has come', async (t) => {
  const content = Buffer.concat(records(500));
  const path = file('five.mrc', content);
  const sizes: number[] = [];
  let last;
  for await (const { outcomes, progress, format } of readCatalogue({ path }, { knowledge })) {
    sizes.push(outcomes.length);
    last = progress;
    t.equal(format, 'iso2709');
  }
  t.same(sizes, [200, 200, 100]);
  t.same(last, { bytesRead: content.length, totalBytes: content.length });
});

t.test('gzipped files are unpacked whatever their name', async (t) => {
  const path = file('export.mrc', gzipSync(Buffer.concat(records(3))));
  t.same((await idsOf({ path })).ids, ['b1', 'b2', 'b3']);
});

t.test('a gzip that ends early keeps what is there and says so', async (t) => {
  const packed = gzipSync(Buffer.concat(records(2000)));
  const { ids, file: said } = await readAll(packed.subarray(0, packed.length - 400));
  t.ok(ids.length > 0 && ids.length < 2000);
  t.ok(said.includes('gzip_cut'));
});

t.test('a damaged gzip is a problem with a sentence', async (t) => {
  const packed = gzipSync(Buffer.concat(records(3)));
  packed.fill(0xff, 12, 40);
  await t.rejects(readAll(packed), { code: 'file_unreadable', message: /damaged/ });
});

t.test('reading goes on where it stopped', async (t) => {
  const parts = records(6);
  const content = Buffer.concat(parts);
  const offset = parts.slice(0, 4).reduce((sum, part) => sum + part.length, 0);
  const rest = { ids: ['b5', 'b6'], indexes: [4, 5] };
  const resume = { index: 4, offset };
  t.same(await idsOf({ path: file('plain.mrc', content) }, { resume }), rest, 'plain file, by offset');
  t.same(await idsOf({ path: file('packed.gz', gzipSync(content)) }, { resume }), rest, 'gzip, by index');
  t.same(await idsOf({ stream: chunksOf(content), name: 's' }, { resume }), rest, 'stream, by index');
});

t.test('an aborted read stops', async (t) => {
  const controller = new AbortController();
  const reading = readCatalogue(
    { stream: chunksOf(...records(600)), name: 's' },
    { knowledge, signal: controller.signal },
  );
  await reading.next();
  controller.abort();
  await t.rejects(
    async () => {
      for await (const batch of reading) t.ok(batch);
    },
    { name: 'AbortError' },
  );
});

t.test('files that are no catalogue are refused in one sentence', async (t) => {
  const wrong: [string, Buffer | string, RegExp][] = [
    ['empty.mrc', '', /empty/],
    ['blank.mrc', '  \n\n ', /blanks/],
    ['error.mrc', '<!DOCTYPE html><html><title>502</title></html>', /web page/],
    ['other.xml', '<?xml version="1.0"?><ONIXMessage/>', /no MARC records/],
    ['other.json', '{"hello": 1}', /no MARC records/],
    ['zip.mrc', Buffer.from('504b030414000600', 'hex'), /ZIP/],
    ['book.pdf', '%PDF-1.7', /PDF/],
    ['picture.mrc', Buffer.from('89504e470d0a1a0a', 'hex'), /picture/],
    ['text.mrk', '=LDR  00000nam a2200000 i 4500\n=001  1', /mrk/],
    ['noise.bin', Buffer.from(Array.from({ length: 500 }, (_, n) => (n * 7) % 11)), /no catalogue format/],
  ];
  for (const [name, content, sentence] of wrong) {
    await t.rejects(
      idsOf({ path: file(name, content) }),
      { code: 'file_unreadable', message: sentence },
      name,
    );
  }
  await t.rejects(idsOf({ path: join(dir, 'missing.mrc') }), {
    code: 'file_unreadable',
    message: /no such file/,
  });
  await t.rejects(idsOf({ path: dir }), { code: 'file_unreadable' });
});

t.test('a read error is a fault, not a problem', async (t) => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield* chunksOf(...records(1));
    throw new Error('the disk is gone');
  }
  await t.rejects(idsOf({ stream: failing(), name: 's' }), { message: 'the disk is gone' });
});

t.test('one quarantined record can be read again in whatever form it was kept', (t) => {
  const [bytes] = records(1) as [Buffer];
  t.match(parseRecord(bytes, { knowledge }), { kind: 'record', bib: { id: 'b1' } });
  const xml =
    '<record><leader>00000nam a2200000 i 4500</leader><controlfield tag="001">x</controlfield></record>';
  t.match(parseRecord(Buffer.from(xml), { knowledge }), {
    kind: 'record',
    bib: { id: 'x', title: { text: '[untitled]' } },
  });
  const json = '{"leader":"00000nam a2200000 i 4500","fields":[{"001":"j"}]}';
  t.match(parseRecord(Buffer.from(json), { knowledge }), { kind: 'record', bib: { id: 'j' } });
  t.match(parseRecord(Buffer.from('"id","title"\r\n"7","Seven"'), { knowledge }), {
    kind: 'record',
    bib: { id: '7' },
  });
  t.match(parseRecord(Buffer.from('00026nam a2200025 i 4500\x1e\x1d'), { knowledge }), { kind: 'refused' });
  t.throws(() => parseRecord(Buffer.from('%PDF'), { knowledge }), { code: 'file_unreadable' });
  t.end();
});

t.test('a file of UNIMARC records says so once', async (t) => {
  const unimarc = marc(
    ['001 u1', '200 1_ $aTitolo$fAutore', '700 _1 $aEco$bUmberto'],
    '00000nam  2200000   450 ',
  );
  const { read, file: said } = await readAll(Buffer.concat([unimarc, unimarc]));
  t.same(said, ['unimarc_file']);
  t.equal(read[0]?.bib.contributors[0]?.text, 'Eco, Umberto');
});

t.test('an unknown profile names the known ones', async (t) => {
  await t.rejects(readAll(records(1), { profile: 'alma' }), { name: 'RangeError', message: /koha/ });
});
