import t from 'tap';
import { familyFor, families } from '../../web/src/binding/pattern-family.js';
import { chanceFrom } from '../../web/src/binding/chance.js';
import { designOf, type Bound } from '../../web/src/binding/design.js';
import {
  coverAuthor,
  coverTitle,
  ems,
  LEADING,
  typeset,
  typesetDown,
} from '../../web/src/binding/typesetting.js';

const bound = (more: Partial<Bound>): Bound => ({
  recordId: 'r1', title: 'To the lighthouse', author: 'Woolf, Virginia, 1882-1941', subject: null, format: 'book', direction: 'ltr', ...more,
}); // prettier-ignore

t.test('the same record always gets the same binding, and others get others', (t) => {
  t.strictSame(designOf(bound({})), designOf(bound({})));
  const many = Array.from({ length: 400 }, (_, i) => designOf(bound({ recordId: `rec${i}` })));
  t.ok(new Set(many.map((d) => d.cloth.name)).size >= 8, 'many cloths');
  t.ok(new Set(many.map((d) => d.composition)).size >= 4, 'many compositions');
  const neighbours = many.filter((d, i) => d.cloth === many[i + 1]?.cloth).length;
  t.ok(neighbours < 60, `neighbouring numbers rarely share a cloth: ${neighbours} of 400`);
  t.end();
});

t.test('a subject calls for its stamp', (t) => {
  const stamp = (subject: string): string => familyFor(subject, chanceFrom('x'));
  t.equal(stamp('Sea stories'), 'waves');
  t.equal(stamp('Astronomy — Popular works'), 'stars');
  t.equal(stamp('Jardinería y flores'), 'botanical');
  t.equal(stamp('Detective and mystery stories'), 'diamonds');
  t.ok(families.includes(familyFor(null, chanceFrom('x'))), 'and none is no trouble');
  t.end();
});

t.test('every title fits its board, in any script', (t) => {
  const titles = [
    'It',
    'To the lighthouse',
    'Donaudampfschifffahrtsgesellschaftskapitänswitwenrente',
    'The life and strange surprizing adventures of Robinson Crusoe of York mariner who lived eight and twenty years all alone in an uninhabited island on the coast of America near the mouth of the great river of Oroonoque',
    '紅樓夢：曹雪芹與高鶚的一百二十回小說全集，附插圖與注釋',
    'موسم الهجرة إلى الشمال (Season of Migration)',
    'श्रीमद्भागवत महापुराण',
    'ประวัติศาสตร์ไทยฉบับย่อสำหรับผู้อ่านทั่วไป',
    '',
  ];
  for (const title of titles) {
    for (const format of ['book', 'audiobook', 'map', 'ebook'] as const) {
      const {
        title: set,
        titleBox,
        composition,
      } = designOf(bound({ title, format, recordId: title + format }));
      if (set.vertical) continue;
      const tall = set.lines.length * set.size * LEADING;
      t.ok(tall <= titleBox.height + 0.01, `${composition}: ${set.lines.length} lines of ${set.size}`);
      for (const line of set.lines)
        t.ok(ems(line) * set.size <= titleBox.width * 1.01, `"${line}" in ${titleBox.width}`);
    }
  }
  t.end();
});

t.test('words are lost only where an ellipsis says so', (t) => {
  const box = { width: 150, height: 100, largest: 30, smallest: 11 };
  t.strictSame(typeset('The old man and the sea', box).lines.join(' '), 'The old man and the sea');
  const cut = typeset('word '.repeat(200), box).lines;
  t.match(cut.at(-1), /…$/);
  t.end();
});

t.test('closing signs never begin a line of Chinese', (t) => {
  const { lines } = typeset('春江花月夜，秋水長天，落霞孤鶩。', {
    width: 66,
    height: 300,
    largest: 30,
    smallest: 11,
  });
  t.ok(lines.length > 2);
  t.notOk(
    lines.some((line) => /^[，。]/u.test(line)),
    lines.join('|'),
  );
  t.end();
});

t.test('short East Asian titles are set downwards, others never', (t) => {
  const box = { width: 70, height: 230, largest: 38, smallest: 17 };
  t.strictSame(typesetDown('紅樓夢', box)?.lines, ['紅樓夢']);
  t.ok(
    (typesetDown('海辺のカフカと村上春樹の世界', box)?.lines.length ?? 0) > 1,
    'in two columns when they are longer',
  );
  t.equal(typesetDown('The 紅樓夢', box), undefined);
  t.equal(typesetDown('紅'.repeat(19), box), undefined);
  t.equal(designOf(bound({ title: '紅樓夢' })).hinge, 'right', 'and open from the right');
  t.equal(designOf(bound({ title: 'x', direction: 'rtl' })).hinge, 'right');
  t.end();
});

t.test('titles and names are stamped as binders do', (t) => {
  t.equal(coverTitle('Emma /'), 'Emma');
  t.equal(
    coverTitle('The hidden life of trees : what they feel and how they communicate'),
    'The hidden life of trees',
  );
  t.equal(
    coverTitle('SPQR : a history of ancient Rome'),
    'SPQR : a history of ancient Rome',
    'a short one is kept whole',
  );
  t.equal(coverAuthor('Woolf, Virginia, 1882-1941.'), 'Virginia Woolf');
  t.equal(coverAuthor('Tolkien, J. R. R. (John Ronald Reuel), 1892-1973'), 'J. R. R. Tolkien');
  t.equal(coverAuthor('Homer'), 'Homer');
  t.equal(coverAuthor('Martin Luther King, Jr.'), 'Martin Luther King, Jr.');
  t.end();
});
