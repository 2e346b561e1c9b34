import t from 'tap';
import type { Intent } from '../../../contract/intent.js';
import { meets, sharedLimits } from '../../../desks/discovery/meets.js';
import { bibOf, itemOf, writtenBy } from '../../fakes/bibs.js';

const wanting = (limits: Partial<Intent>): Intent => ({ text: '', topic: '', ...limits });

t.test('a limit is met only by what the record states', (t) => {
  const bib = bibOf('a', 'A', {
    pages: 200,
    year: 1999,
    languages: ['spa', 'eng'],
    contributors: writtenBy('Marsh, Edith'),
    items: [itemOf('1', 'HARB')],
    series: [{ name: 'Rock' }],
  });
  const met: Partial<Intent>[] = [
    {},
    { pages: { max: 200 } },
    { pages: {} },
    { years: { min: 1999 } },
    { languages: ['eng'] },
    { author: 'marsh, edith' },
    { branch: 'HARB' },
    { series: 'rock' },
    { formats: ['book'] },
  ];
  const unmet: Partial<Intent>[] = [
    { pages: { max: 199 } },
    { years: { max: 1998 } },
    { languages: ['fre'] },
    { author: 'Bell, Rosa' },
    { branch: 'MAIN' },
    { series: 'Sand' },
    { formats: ['film'] },
  ];
  for (const limits of met) t.ok(meets(bib, wanting(limits)), JSON.stringify(limits));
  for (const limits of unmet) t.notOk(meets(bib, wanting(limits)), JSON.stringify(limits));
  t.notOk(meets(bibOf('b', 'B'), wanting({ pages: { max: 900 } })), 'an unknown length is no length');
  t.end();
});

t.test('an audience left open excludes nobody; a stated age decides, a year either way', (t) => {
  t.ok(meets(bibOf('a', 'A'), wanting({ audiences: ['teen'] })));
  t.ok(meets(bibOf('a', 'A', { audience: 'general' }), wanting({ audiences: ['teen'] })));
  t.ok(meets(bibOf('a', 'A', { audience: 'preschool' }), wanting({ audiences: ['children'] })));
  t.notOk(meets(bibOf('a', 'A', { audience: 'adult' }), wanting({ audiences: ['children'] })));
  const stated = bibOf('a', 'A', { audience: 'children', ages: { min: 4, max: 8 } });
  t.ok(meets(stated, wanting({ age: 9, audiences: ['children'] })));
  t.notOk(meets(stated, wanting({ age: 11, audiences: ['children'] })));
  t.end();
});

t.test('only limits that all of them meet are said of all of them', (t) => {
  const bibs = [bibOf('a', 'A', { pages: 100, year: 2001 }), bibOf('b', 'B', { pages: 300, year: 2002 })];
  t.same(sharedLimits(bibs, wanting({ pages: { max: 200 }, years: { min: 2000 }, author: 'X' })), {
    years: { min: 2000 },
  });
  t.end();
});
