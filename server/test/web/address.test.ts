import t from 'tap';
import { refusalOf } from '../../web/src/api/refusal.js';
import { branchNamed, branchOfAddress } from '../../web/src/conversation/standing-at.js';
import {
  isWithoutModel,
  onward,
  recordAddress,
  routeAt,
  routeOf,
  searchAddress,
} from '../../web/src/route.js';
import {
  countOf,
  filtersOf,
  lastOffset,
  pageOf,
  queryOf,
  readFromWords,
  toggled,
} from '../../web/src/search/search-address.js';

t.test('an address means one page', (t) => {
  t.strictSame(routeOf('/', ''), { page: 'conversation' });
  t.strictSame(routeOf('/search', '?q=sea'), { page: 'search', query: '?q=sea' });
  t.strictSame(routeOf('/records/a%2Fb', ''), { page: 'record', id: 'a/b' });
  t.strictSame(
    routeOf('/records/%E0%A4%A', ''),
    { page: 'record', id: '%E0%A4%A' },
    'a broken escape is no crash',
  );
  t.strictSame(routeOf('/records/', ''), { page: 'nowhere' });
  t.strictSame(routeOf('/else', ''), { page: 'nowhere' });
  t.end();
});

t.test('addresses lead back to what they were made from', (t) => {
  const id = 'ä/ b?';
  t.strictSame(routeOf(recordAddress(id), ''), { page: 'record', id });
  t.equal(filtersOf(searchAddress('Woolf & sons').slice('/search'.length)).words, 'Woolf & sons');
  t.end();
});

t.test('filters survive the address', (t) => {
  const query =
    'q=sea&format=book&format=map&language=spa&branch=b1&year_from=1990&year_to=1999&sort=newest&plain=true&offset=40';
  t.equal(queryOf(filtersOf(query)), query);
  t.equal(queryOf(filtersOf('')), '');
  t.equal(countOf(filtersOf(query)), 5);
  t.equal(filtersOf('offset=-3').offset, 0);
  t.equal(filtersOf('offset=99999').offset, 980, 'no further than the server goes');
  t.end();
});

t.test('an address that says nonsense asks for no nonsense', (t) => {
  const odd = 'q=sea&format=toString&format=map&language=x&audience=dogs&year_from=soon&sort=best';
  t.equal(queryOf(filtersOf(odd)), 'q=sea&format=map');
  t.end();
});

t.test('what a filter says was not read out of the words', (t) => {
  const filters = filtersOf('q=sea&format=map&branch=MAIN&year_from=1990');
  const chips = ['format:map', 'branch:MAIN', 'years:1990-1999', 'language:spa', 'years:1990-1995'];
  const understood = chips.map((id) => ({ id, kind: 'format' as const, label: id }));
  t.strictSame(
    readFromWords(understood, filters).map((chip) => chip.id),
    ['language:spa', 'years:1990-1995'],
  );
  t.end();
});

t.test('a filter goes in and out and begins at the first page', (t) => {
  const once = toggled(filtersOf('q=sea&offset=20'), 'format', 'map');
  t.equal(queryOf(once), 'q=sea&format=map');
  t.equal(queryOf(toggled(once, 'format', 'map')), 'q=sea');
  t.end();
});

t.test('pages are counted as far as they can be reached', (t) => {
  t.strictSame(pageOf(0, 0), { page: 1, pages: 1 });
  t.strictSame(pageOf(20, 41), { page: 2, pages: 3 });
  t.strictSame(pageOf(0, 5000), { page: 1, pages: 50 });
  t.strictSame([0, 20, 21, 5000].map(lastOffset), [0, 0, 20, 980]);
  t.end();
});

t.test('a refusal is read from a problem body and its header', (t) => {
  const body = { type: '', title: 'Busy.', status: 503, code: 'busy' };
  t.strictSame(refusalOf(body, '3'), { kind: 'problem', code: 'busy', title: 'Busy.', retryAfterSeconds: 3 });
  t.strictSame(refusalOf('<html>', null), { kind: 'problem', code: 'internal', title: '' });
  t.strictSame(refusalOf(undefined, 'soon'), { kind: 'problem', code: 'internal', title: '' });
  t.end();
});

t.test('an address may say where the page stands', (t) => {
  const branches = [
    { id: 'HARB', name: 'Harbour Street' },
    { id: 'harb', name: 'Harbour Annexe' },
    { id: 'MAIN', name: 'Central Library' },
  ];
  t.equal(branchOfAddress('/', '?branch=HARB'), 'HARB');
  t.equal(branchOfAddress('/records/a', '?branch=HARB'), 'HARB');
  t.equal(branchOfAddress('/search', '?branch=HARB'), undefined, 'in plain search it is a filter');
  t.equal(branchOfAddress('/', '?branch=%20'), undefined);
  t.equal(branchOfAddress('/', ''), undefined);
  t.equal(branchNamed('harb', branches)?.name, 'Harbour Annexe', 'the exact code first');
  t.equal(branchNamed('main', branches)?.id, 'MAIN');
  t.equal(branchNamed('NORT', branches), undefined);
  t.equal(branchNamed(undefined, branches), undefined);
  t.end();
});

t.test('a kiosk without a model stays so on every step', (t) => {
  t.ok(isWithoutModel('?branch=HARB&ai=off'));
  t.notOk(isWithoutModel('?ai=on'));
  t.notOk(isWithoutModel(''));
  t.equal(onward('/records/a', '/?ai=off'), '/records/a?ai=off');
  t.equal(onward('/search?q=sea', '/records/a?ai=off'), '/search?q=sea&ai=off');
  t.equal(onward('/?ai=off', '/?ai=off'), '/?ai=off', 'said once');
  t.equal(onward('/search?q=sea', '/?branch=HARB'), '/search?q=sea', 'no other kiosk is changed');
  t.strictSame(routeAt(onward('/', '/?ai=off')), { page: 'conversation' });
  t.strictSame(routeAt('/search?q=sea'), { page: 'search', query: '?q=sea' });
  t.end();
});
