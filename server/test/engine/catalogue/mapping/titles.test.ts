import t from 'tap';
import { bibOf, mapped } from './bib-of.js';

t.test('title, subtitle and statement lose the marks that only lead on', (t) => {
  t.match(bibOf(['245 14 $aThe scroll$h[(large type)] /$cby Grant R. Jeffery and Alton L. Gansky.']), {
    title: { text: 'The scroll' },
    sortTitle: 'scroll',
    responsibility: { text: 'by Grant R. Jeffery and Alton L. Gansky' },
  });
  t.match(bibOf(['245 10 $aOne :$btwo ;$bthree /$cX.']), {
    title: { text: 'One' },
    subtitle: { text: 'two ; three' },
  });
  t.equal(
    bibOf(['245 00 $aHistoria.$nParte 2,$pLa guerra :$bcrónica']).title.text,
    'Historia. Parte 2, La guerra',
  );
  t.equal(
    bibOf(['245 00 $a[Letters of Dr. J. R. Smith, Ph.D.]']).title.text,
    'Letters of Dr. J. R. Smith, Ph.D.',
  );
  t.equal(bibOf(['245 00 $aWhat now ...']).title.text, 'What now ...');
  t.equal(bibOf(['245 00 $aРоман.']).title.text, 'Роман');
  t.equal(bibOf(['245 09 $aShort']).sortTitle, 'Short');
  t.equal(bibOf(['245 00 $kPapers,$f1901-1910.']).title.text, 'Papers, 1901-1910');
  t.end();
});

t.test('other titles come from 130, 240, 246, 247 and 740, once each', (t) => {
  const bib = bibOf([
    '245 10 $aLa peste',
    '240 10 $aPeste.$lEnglish',
    '246 3_ $aThe plague',
    '246 3_ $aThe Plague',
    '740 0_ $aLa peste',
  ]);
  t.same(bib.otherTitles, [{ text: 'Peste' }, { text: 'The plague' }]);
  t.end();
});

t.test('a record without a title shows the nearest thing to one', (t) => {
  const titleOf = (lines: string[]) => {
    const { bib, notices } = mapped(['245 10 $c', ...lines]);
    t.ok(notices.some((n) => n.code === 'title_missing'));
    return bib.title.text;
  };
  t.equal(titleOf(['246 1_ $aOther']), 'Other');
  t.equal(titleOf(['880 10 $6245-00/(N$aКнига']), 'Книга');
  t.equal(titleOf(['830 _0 $aA series ;$v3']), 'A series');
  t.equal(titleOf([]), '[untitled]');
  t.equal(mapped(['245 10 $bonly a subtitle']).bib.title.text, 'only a subtitle');
  t.end();
});

t.test('a title repeated in two scripts keeps the first', (t) => {
  t.equal(bibOf(['245 10 $aबिहानी टुसा /', '245 10 $aBihānī Ṭusā /']).title.text, 'बिहानी टुसा');
  t.end();
});

t.test(
  '880 fields pair both ways, right-to-left ones say so, and unlinked ones are kept for searching',
  (t) => {
    const bib = bibOf([
      '100 1_ $6880-01$aZeṿin, Sh. Y.',
      '245 10 $6880-02$aLa-Torah /$cZeṿin.',
      '650 _0 $6880-03$aJewish sermons$zIsrael',
      '264 _1 $6880-04$bZioni,$c1961.',
      '880 1_ $6100-01/(2/r$aזוין',
      '880 10 $6245-02/(2/r$aלתורה /$cזוין.',
      '880 _0 $6650-03/(2/r$aדרשות$zישראל',
      '880 _1 $6264-04$bציוני,$c1961.',
      '880 1_ $6700-00/(N$aИванов, Иван',
      '880 10 $6246-09/$1$a中文',
      '880 __ $6300-00$a1 book',
      '880 __ $aNo link at all',
    ]);
    t.same(bib.title, { text: 'La-Torah', original: 'לתורה', direction: 'rtl' });
    t.match(bib.responsibility, { original: 'זוין' });
    t.match(bib.contributors, [{ original: 'זוין', direction: 'rtl' }]);
    t.match(bib.subjects, [{ original: 'דרשות -- ישראל' }]);
    t.match(bib.publisher, { text: 'Zioni', original: 'ציוני' });
    t.same(bib.unpairedOriginals, ['Иванов, Иван', '中文']);
    t.end();
  },
);
