import t from 'tap';
import type { HarvestSource } from '../../../engine/harvest/harvest-run.js';
import type { Harvests } from '../../../engine/harvest/harvests.js';
import { followSources } from '../../../engine/harvest/follow-sources.js';
import { openHarvestSource } from '../../../engine/harvest/open-feed.js';
import { sourceKinds, type SourceKindName } from '../../../engine/settings/source-kinds.js';
import type { OpenedSource } from '../../../engine/settings/sources.js';

const url = 'https://library.example.org/feed';

function opened(
  kind: SourceKindName,
  settings: Record<string, unknown> = {},
  name: string = kind,
): OpenedSource {
  const { role, schema } = sourceKinds[kind];
  return { name, kind, role, settings: schema.parse({ url, ...settings }) };
}
const koha = (settings: Record<string, unknown> = {}) =>
  opened('koha', { auth: 'basic', user: 'carrel', password: 'x', ...settings });

t.test('every kind of source that brings records can be followed', async (t) => {
  const oai = openHarvestSource(opened('oai', { every_minutes: 30, records_as: 'city' }));
  t.match(oai?.source, { source: 'city', everyMinutes: 30, sweepEveryHours: 168 });
  t.notOk(oai?.source.feed.keysAreIlsIds, 'an OAI key is no number of the system');
  const system = openHarvestSource(koha({ harvest: true }));
  t.match(system?.source, { source: 'main', profile: 'koha', feed: { keysAreIlsIds: true } });
  t.ok(openHarvestSource(opened('sru')));
  t.equal(openHarvestSource(koha()), undefined, 'a library system only when it is told to');
  t.equal(openHarvestSource(opened('sip2', { host: 'sip.example.org' })), undefined);
  await oai?.close();
  await system?.close();
});

t.test('only what makes it another feed has it fetched anew', async (t) => {
  const idOf = (settings: Record<string, unknown>) =>
    openHarvestSource(opened('oai', settings))?.source.feedId;
  t.equal(idOf({}), idOf({ every_minutes: 5, overlap_minutes: 60, password: 'x' }));
  t.not(idOf({}), idOf({ set: 'fiction' }));
  t.not(idOf({}), idOf({ url: 'https://elsewhere.example.org' }));
});

t.test('two feeds under one name: the first is followed, the second is a sentence', async (t) => {
  const followed: HarvestSource[] = [];
  const harvests = { follow: (source: HarvestSource) => void followed.push(source) } as Harvests;
  const sources = [
    opened('oai', {}, 'first'),
    opened('sru', {}, 'second'),
    opened('sru', { records_as: 'x' }, 'third'),
  ];
  const following = followSources(sources, { harvests });
  const { troubles } = following;
  t.strictSame(
    followed.map(({ source }) => source),
    ['main', 'x'],
  );
  t.equal(troubles.length, 1);
  t.match(troubles[0], /"second" and "first" both bring records as "main"/);
  await following.close();
});

t.test('a system that is to bring records and has no account for it is a sentence', async (t) => {
  const harvests = { follow: () => t.fail('there is nothing to follow') } as unknown as Harvests;
  const open = opened('koha', { auth: 'none', harvest: true });
  const following = followSources([open, opened('koha', { auth: 'none' }, 'other')], { harvests });
  t.equal(following.troubles.length, 1);
  t.match(following.troubles[0], /"koha" is to bring records .* account of Carrel’s own/);
  await following.close();
});
