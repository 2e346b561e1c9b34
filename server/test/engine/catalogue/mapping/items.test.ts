import t from 'tap';
import { bibOf } from './bib-of.js';

t.test('Koha copies carry branch, shelf, call number and what was true of them', (t) => {
  const bib = bibOf([
    '942 __ $cBK$n1',
    '952 __ $910$aMAIN$bHARB$cMysteries$oMYS CHR$p3000$yBK',
    '952 __ $911$aMAIN$p3001$q2026-12-02',
    '952 __ $912$aMAIN$p3002$11',
    '952 __ $913$aMAIN$p3003$41',
    '952 __ $914$aMAIN$p3004$7-1',
    '952 __ $915$aMAIN$p3005$71',
    '952 __ $916$aMAIN$p3006$00$10$40$70',
    '952 __ $x',
    '999 __ $c42$d42',
  ]);
  t.same(bib.items[0], {
    itemId: '10', branchId: 'HARB', location: 'Mysteries', callNumber: 'MYS CHR', barcode: '3000', itemType: 'BK',
    statusHint: 'available',
  }); // prettier-ignore
  t.same(
    bib.items.slice(1).map((i) => [i.statusHint, i.rawStatus]),
    [
      ['checked_out', 'q=2026-12-02'],
      ['lost', '1=1'],
      ['damaged', '4=1'],
      ['on_order', '7=-1'],
      ['reference_only', '7=1'],
      ['available', undefined],
    ],
  );
  t.match(bib, { suppressed: true, keys: { ilsId: '42' } });
  t.end();
});

t.test('each system is told by its fields', (t) => {
  const items = (lines: string[], profile?: string) => bibOf(lines, undefined, profile).items;
  t.match(items(['999 __ $aFIC JEF$i3253$lLT$mWITHERS$tBOOK$kCHECKEDOUT']), [
    {
      itemId: '3253',
      branchId: 'WITHERS',
      location: 'LT',
      callNumber: 'FIC JEF',
      itemType: 'BOOK',
      statusHint: 'checked_out',
    },
  ]);
  t.match(items(['945 __ $aFIC$i3000$lmaina$s-$t1$y.i123', '945 __ $lmainb$s!', '945 __ $i3001$lmainc$s?']), [
    { itemId: '.i123', branchId: 'maina', statusHint: 'available' },
    { itemId: 'b1:2', statusHint: 'on_hold_shelf' },
    { itemId: '3001', statusHint: 'unknown' },
  ]);
  t.match(items(['852 4_ $bBR1$cStacks$jFIC A$gbook$p3000', '901 __ $c77']), [
    { branchId: 'BR1', callNumber: 'FIC A', itemType: 'book' },
  ]);
  t.match(items(['852 0_ $aMiU$bBUHR$cGRAD$hPL 2127$i.C42']), [
    { branchId: 'BUHR', location: 'GRAD', callNumber: 'PL 2127 .C42', itemId: 'b1:1' },
  ]);
  t.same(items(['852 __ $aAn institution']), []);
  t.match(items(['949 __ $aLT JEFF$i3253$lON-ORDER']), [{ barcode: '3253' }]);
  t.match(items(['852 __ $aMain$o3$dNew books$h813$i.C42$p3000'], 'polaris-z3950'), [
    { branchId: '3', barcode: '3000', callNumber: '813 .C42', location: 'New books', itemId: '3000' },
  ]);
  t.same(bibOf([]).items, []);
  t.end();
});

t.test('Polaris numbers branch, copy and status, and says which copy is not for the public', (t) => {
  const copy = (e: string, l = 'true') => `852 __ $a3$b25$c7$d9001$e${e}$f3$g3000$i1$j2$kTrue$l${l}$mFIC A`;
  t.match(bibOf([copy('1'), copy('7'), copy('99')], undefined, 'polaris').items, [
    {
      itemId: '9001',
      branchId: '3',
      barcode: '3000',
      callNumber: 'FIC A',
      location: undefined,
      statusHint: 'available',
      rawStatus: 'e=1',
    },
    { statusHint: 'lost' },
    { statusHint: 'unknown' },
  ]);
  for (const hidden of ['false', 'False', '0'])
    t.same(bibOf([copy('1', hidden)], undefined, 'polaris').items, []);
  t.end();
});

t.test('Sierra’s BCODE3 hides a record, and a record without copies keeps its number', (t) => {
  t.equal(bibOf(['945 __ $i1$lmain', '998 __ $amain$en']).suppressed, true);
  t.equal(bibOf(['999 __ $cnot a number']).keys.ilsId, undefined);
  t.end();
});
