import t from 'tap';
import { parseRecord, readCatalogue } from '../../../../engine/catalogue/formats/read-catalogue.js';
import { chunksOf, codes, knowledge, readAll } from './marc-builder.js';

const header = 'id,title,authors,isbn,year,language,genres,series,volume,pages,audience,format,summary';

async function columnsOf(text: string | Buffer, csvMapping: Record<string, string> = {}) {
  const stream = chunksOf(Buffer.from(text));
  for await (const { columns } of readCatalogue({ stream, name: 't' }, { knowledge, csvMapping }))
    return columns;
  return undefined;
}

t.test('a plain table maps whole', async (t) => {
  const row = `g1,"The Hunger Games, again","Collins, Suzanne; Roe, Jane",9780439023481,2008,eng,Adventure fiction; Science fiction,The Hunger Games,1,374,d,large_print,"Two
lines, ""quoted""."`;
  const { read, file } = await readAll(Buffer.from(`${header}\n${row}\n`));
  t.same(file, []);
  t.match(read[0]?.bib, {
    id: 'g1',
    title: { text: 'The Hunger Games, again' },
    sortTitle: 'Hunger Games, again',
    contributors: [
      { text: 'Collins, Suzanne', main: true },
      { text: 'Roe, Jane', main: false },
    ],
    isbns: ['9780439023481'],
    year: 2008,
    languages: ['eng'],
    genres: ['Adventure fiction', 'Science fiction'],
    series: [{ name: 'The Hunger Games', volume: '1' }],
    pages: 374,
    audience: 'teen',
    format: 'large_print',
    summary: 'Two\nlines, "quoted".',
  });
  t.same(codes(read[0]), []);
});

t.test('every column of such a table is mapped, and the mapping is shown', async (t) => {
  const columns = await columnsOf(`${header}\ng1,T,,,,,,,,,,,`);
  t.same(Object.values(columns ?? {}), header.split(','));
});

t.test('Spanish, French and German headers, semicolons and tabs are understood', async (t) => {
  const spanish = await readAll(
    Buffer.from(
      'Nº de registro;Título;Autor;Año de publicación;Idioma;Páginas;Formato;Público\n7;Rayuela;Cortázar, Julio;1963;Español;635 p.;Letra grande;Adultos\n',
    ),
  );
  t.match(spanish.read[0]?.bib, {
    title: { text: 'Rayuela' },
    year: 1963,
    languages: ['spa'],
    pages: 635,
    format: 'large_print',
    audience: 'adult',
  });
  const german = await readAll(
    Buffer.from('Titel\tVerfasser\tSprache\tJahr\nMomo\tEnde, Michael\tDeutsch\t1973\n'),
  );
  t.match(german.read[0]?.bib, { title: { text: 'Momo' }, languages: ['ger'], year: 1973 });
  const french = await readAll(
    Buffer.from('sep=;\nTitre;Auteur;Langue\nLe Petit Prince;Saint-Exupéry, Antoine de;fr\n'),
  );
  t.match(french.read[0]?.bib, {
    title: { text: 'Le Petit Prince' },
    sortTitle: 'Petit Prince',
    languages: ['fre'],
  });
});

t.test('a mapping given with the import is stronger, and "-" leaves a column out', async (t) => {
  const text = 'Código,Nombre,Cosa\n1,Libro uno,algo\n';
  const { read } = await readAll(Buffer.from(text), {
    csvMapping: { Nombre: 'title', Cosa: 'genres', Código: '-' },
  });
  t.match(read[0]?.bib, { title: { text: 'Libro uno' }, genres: ['algo'] });
  t.match(read[0]?.remarks, [{ code: 'id_missing' }]);
  t.same(await columnsOf(text, { Cosa: 'notes' }), { Código: 'id', Nombre: 'title', Cosa: 'notes' });
});

t.test('a mapping may use any name of a field, and what is none is said', async (t) => {
  const text = 'Buch,Von wem\nMomo,"Ende, Michael"\n';
  const { read } = await readAll(Buffer.from(text), {
    csvMapping: { Buch: 'titel', 'Von wem': 'author' },
  });
  t.match(read[0]?.bib, { title: { text: 'Momo' }, contributors: [{ text: 'Ende, Michael' }] });
  await t.rejects(columnsOf(text, { Buch: 'titel', 'Von wem': 'wrtier' }), {
    code: 'file_unreadable',
    message: /names “wrtier”, which is no field; the fields are id, title, /,
  });
});

t.test('unknown and repeated columns are named, not guessed', async (t) => {
  const { file, outcomes } = await readAll(Buffer.from('Title,Main title,Price\nA,B,9\n'));
  t.same(file, ['columns_ignored']);
  t.match(outcomes.at(-1), { notice: { message: /Main title, Price/ } });
});

t.test('Windows-1252, Windows-1251 and UTF-16 tables are converted and named', async (t) => {
  const latin = await readAll(Buffer.from('Título,Autor\nCanción,Muñoz\n', 'latin1'));
  t.equal(latin.read[0]?.bib.title.text, 'Canción');
  t.same(latin.file, ['transcoded']);
  const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Title\tAuthor\nÉté\tX\n', 'utf16le')]);
  t.equal((await readAll(wide)).read[0]?.bib.title.text, 'Été');
  const big = Buffer.from(wide).swap16();
  t.equal((await readAll(big)).read[0]?.bib.title.text, 'Été');
  const marked = await readAll(Buffer.from('\ufeffTitle,Author\nÉté,X\n'));
  t.same([marked.read[0]?.bib.title.text, marked.file], ['Été', []]);
});

t.test('a letter of several bytes may be cut by a chunk', async (t) => {
  const whole = Buffer.from('Title,Author\nÉté à Évreux,Zoë\n');
  const { read } = await readAll([whole.subarray(0, 14), whole.subarray(14, 17), whole.subarray(17)]);
  t.equal(read[0]?.bib.title.text, 'Été à Évreux');
});

t.test('uneven rows come in with a word; empty ones are refused', async (t) => {
  const { read, refused } = await readAll(
    Buffer.from('id,title,year\n1,One\n2,Two,2002,extra\n,,2001\n3,,\n'),
  );
  t.same(
    read.map((r) => r.bib.title.text),
    ['One', 'Two', '[untitled]'],
  );
  t.same(codes(read[0]), ['row_uneven']);
  t.match(read[0]?.raw?.toString(), /^"id","title","year"\r\n"1","One"$/);
  t.match(refused, [{ index: 2, reason: { code: 'row_empty' } }]);
});

t.test('a row beyond all bounds is refused and does not stop the rest', async (t) => {
  const { ids, refused } = await readAll(Buffer.from(`id,title\n1,One\n2,"${'x'.repeat(1_200_000)}"\n`));
  t.ok(ids.includes('1'));
  t.match(refused, [{ reason: { code: 'row_invalid' } }]);
});

t.test('a quotation mark that is never closed takes its own row along and no other', async (t) => {
  const lines = ['id,title', '1,Été', '2,"Two', '3,Three', '4,"Four, again"', '5,"Five', ''];
  const bytes = Buffer.from(lines.join('\n'));
  const { ids, refused } = await readAll(bytes);
  t.same(ids, ['1', '3', '4']);
  t.match(refused, [
    { index: 1, reason: { code: 'row_invalid', message: /line 3: a quotation mark is opened and never/ } },
    { index: 4, reason: { message: /line 6/ } },
  ]);
  const [two] = refused;
  t.equal(bytes.subarray(two?.offset, (two?.offset ?? 0) + (two?.length ?? 0)).toString(), '2,"Two\n');
  t.equal(two?.raw.toString(), '"id","title"\r\n2,"Two');
  t.match(parseRecord(two?.raw ?? Buffer.alloc(0), { knowledge }), { kind: 'refused' });
  const mended = parseRecord(Buffer.from('"id","title"\r\n2,"Two"'), { knowledge });
  t.match(mended, { kind: 'record', bib: { id: '2', title: { text: 'Two' } } });
});

t.test('lines that are no rows by themselves are passed over with the broken one, and named', async (t) => {
  const { ids, refused } = await readAll(Buffer.from('id,title,year\n1,"One\nand more\n2,Two,2002\n'));
  t.same(ids, ['2']);
  t.match(refused, [{ reason: { message: /lines 2 to 3: .* the lines after it were passed over/ } }]);
});

t.test(
  'marks within a cell, line breaks within marks and old line ends are read as they are meant',
  async (t) => {
    const text = 'id;title;summary\r\n1;"Foo" and bar;"a\r\n""b""; c"\r\n2;b"a"r;\r\n';
    const { read, refused } = await readAll([...text].map((char) => Buffer.from(char)));
    t.same(refused, []);
    t.match(
      read.map(({ bib }) => bib),
      [{ title: { text: '"Foo" and bar' }, summary: /^a\s+"b"; c$/ }, { title: { text: 'b"a"r' } }],
    );
    const mac = await readAll(Buffer.from('id,title\r1,One\r2,Two'));
    t.same(mac.ids, ['1', '2']);
  },
);

t.test('places are counted in the bytes of the file, whatever its encoding', async (t) => {
  const text = 'Título,Autor\nCanción,Muñoz\n,\nÚltimo,X\n';
  const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  for (const [bytes, encoding] of [
    [Buffer.from(text, 'latin1'), 'latin1'],
    [Buffer.from(`\ufeff${text}`), 'utf8'],
    [wide, 'utf16le'],
  ] as const) {
    const [row] = (await readAll(bytes)).refused;
    const [offset, length] = [row?.offset ?? 0, row?.length ?? 0];
    t.equal(bytes.subarray(offset, offset + length).toString(encoding), ',\n', encoding);
  }
});

t.test('a row without an end is refused once, and the rows after it are read', async (t) => {
  const long = 'x'.repeat(700_000);
  const chunks = ['id,title\n1,One\n2,"', long, long, long, '\n3,Three\n4,', long, long, '\n5,Five\n'];
  const { ids, refused } = await readAll(chunks.map((chunk) => Buffer.from(chunk)));
  t.same(ids, ['1', '3', '5']);
  t.match(refused, [
    { index: 1, offset: 15, length: 2_100_004, reason: { code: 'row_invalid' } },
    { index: 3, length: 1_400_003 },
  ]);
});

t.test('a spreadsheet’s way with numbers, several ISBNs, links and copies are read', async (t) => {
  const { read } = await readAll(
    Buffer.from(
      'Title,ISBN,ISBN13,URL,Barcode,Branch,Shelf location,Call number,Status,Duration,Series,Fiction\n' +
        'A,"=""0439023483""",bad 9780439023482,https://e.org/a; ftp://x,30001,MAIN,Mysteries,FIC A,Checked out,1 hr. 30 min.,Saga #3,Non-fiction\n',
    ),
  );
  t.match(read[0]?.bib, {
    isbns: ['9780439023481'],
    links: [{ url: 'https://e.org/a' }],
    items: [
      {
        itemId: '30001',
        branchId: 'MAIN',
        location: 'Mysteries',
        callNumber: 'FIC A',
        statusHint: 'checked_out',
        rawStatus: 'Checked out',
      },
    ],
    durationMinutes: 90,
    series: [{ name: 'Saga', volume: '3' }],
    fiction: false,
  });
});

t.test('KBART is known by its columns', async (t) => {
  const columns =
    'publication_title\tprint_identifier\tonline_identifier\tdate_first_issue_online\ttitle_url\tfirst_author\ttitle_id\tcoverage_depth\tpublisher_name\tpublication_type\taccess_type';
  const { read, file } = await readAll(
    Buffer.from(
      `${columns}\nA Book\t9780439023481\t\t\thttps://e.org/1\tRoe\tk1\tfulltext\tPress\tmonograph\tP\nA Journal\t\t0317-8471\t1999\thttps://e.org/2\t\tk2\tfulltext\tPress\tserial\tP\n`,
    ),
  );
  t.match(
    read.map((r) => r.bib),
    [
      { id: 'k1', format: 'ebook', isbns: ['9780439023481'], links: [{ url: 'https://e.org/1' }] },
      { id: 'k2', format: 'serial', issns: ['0317-8471'] },
    ],
  );
  t.same(file, ['columns_ignored']);
});

t.test('text that is no table is refused with a sentence', async (t) => {
  await t.rejects(readAll(Buffer.from('Dear librarian,\nplease find the books attached.\n')), {
    code: 'file_unreadable',
  });
  await t.rejects(readAll(Buffer.from('just words\n')), { code: 'file_unreadable', message: /plain text/ });
  await t.rejects(readAll(Buffer.from('a,b,c\n1,2,3\n')), { code: 'file_unreadable', message: /a, b, c/ });
});
