import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { programDir } from '../../config.js';
import { TurnAnswer } from '../../contract/conversation.js';
import { RecordDetail, SimilarRecords } from '../../contract/record.js';
import { SearchResponse } from '../../contract/search.js';
import { Welcome } from '../../contract/welcome.js';
import { carrel, openHouse } from './house.js';

const SAMPLE = join(programDir, 'data/sample.mrc');

/** A browser's worth of state: one cookie. */
function visitor(base: string) {
  let cookie = '';
  const ask = async (method: string, path: string, body?: object, accept = 'application/json') => {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: { accept, ...(cookie && { cookie }), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return answer;
  };
  return {
    ask,
    async begin(): Promise<(text: string, more?: object) => Promise<TurnAnswer>> {
      const { id } = (await (await ask('POST', '/conversations', {})).json()) as { id: string };
      return async (text, more = {}) =>
        TurnAnswer.parse(await (await ask('POST', `/conversations/${id}/turns`, { text, ...more })).json());
    },
  };
}

t.test('a house with a real catalogue', async (t) => {
  const dataDir = t.testdir();
  const imported = await carrel(dataDir, 'import', SAMPLE, '--quiet');
  t.equal(imported.code, 0, imported.text);
  const house = await openHouse(t, dataDir);
  const { base } = house;

  t.test('is ready, and says with what', async (t) => {
    t.match(await (await fetch(`${base}/health/live`)).json(), { status: 'ok' });
    const ready = await fetch(`${base}/health/ready`);
    t.equal(ready.status, 200);
    t.match(await ready.json(), { status: 'ok', database: 'ok', index: 'ok', vectors: true, records: 602 });
  });

  t.test('answers a question with held titles, each with evidence, place and age', async (t) => {
    const say = await visitor(base).begin();
    const answer = await say('a quiet mystery set in a village');
    t.ok(answer.recommendations.length >= 3, `${answer.recommendations.length} cards`);
    for (const card of answer.recommendations) {
      const { record } = RecordDetail.parse(
        await (await fetch(`${base}/api/v1/records/${card.record_id}`)).json(),
      );
      t.equal(card.title.text, record.title.text);
      for (const quote of card.quotes)
        t.ok(JSON.stringify(record).includes(JSON.stringify(quote).slice(1, -1)), quote);
      t.ok(card.why.length > 0);
      t.equal(card.availability.source, 'demo');
      t.ok(
        card.availability.asOf !== null && Math.abs(Date.parse(card.availability.asOf) - Date.now()) < 60_000,
      );
    }
    t.notOk(answer.cache_hit);
    const again = await (await visitor(base).begin())('a quiet mystery set in a village');
    t.ok(again.cache_hit, 'an equal question is remembered');
    t.strictSame(
      again.recommendations.map((card) => card.record_id),
      answer.recommendations.map((card) => card.record_id),
    );
  });

  t.test('goes on talking without losing the thread', async (t) => {
    const say = await visitor(base).begin();
    const first = await say('science fiction');
    const spanish = await say('in Spanish');
    t.ok(spanish.understood.some((chip) => chip.id === 'language:spa'));
    t.ok(spanish.recommendations.every((card) => card.languages.includes('spa')));
    const without = await say('', { remove: ['language:spa'] });
    t.notOk(without.understood.some((chip) => chip.kind === 'language'));
    const inNow = await say('what is on the shelf now?');
    t.ok(inNow.recommendations.every((card) => ['available', 'online'].includes(card.availability.state)));
    const fresh = await say('start over');
    t.equal(fresh.recommendations.length, 0);
    t.ok(first.recommendations.length > 0);
  });

  t.test('one visitor never sees another’s conversation', async (t) => {
    const one = visitor(base);
    const other = visitor(base);
    const { id } = (await (await one.ask('POST', '/conversations', {})).json()) as { id: string };
    await one.ask('POST', `/conversations/${id}/turns`, { text: 'books about grief' });
    await other.ask('POST', '/conversations', {});
    const stolen = await other.ask('POST', `/conversations/${id}/turns`, { text: 'more' });
    t.equal(stolen.status, 404);
    t.match(await stolen.json(), { code: 'conversation_not_found' });
  });

  t.test('streams an answer in its order', async (t) => {
    const one = visitor(base);
    const { id } = (await (await one.ask('POST', '/conversations', {})).json()) as { id: string };
    const stream = await one.ask(
      'POST',
      `/conversations/${id}/turns`,
      { text: 'poetry' },
      'text/event-stream',
    );
    const names = [...(await stream.text()).matchAll(/^event: (\w+)$/gm)].map(([, name]) => name ?? '');
    const firsts = ['understood', 'recommendations', 'text', 'done'].map((name) => names.indexOf(name));
    t.ok(
      firsts.every((at) => at >= 0),
      names.join(' '),
    );
    t.strictSame(
      firsts,
      [...firsts].sort((a, b) => a - b),
    );
    t.equal(names.at(-1), 'done');
  });

  t.test('plain search pages in a stable order, with filters that count', async (t) => {
    const get = async (query: string) =>
      SearchResponse.parse(await (await fetch(`${base}/api/v1/search?${query}`)).json());
    const whole = await get('q=mystery&limit=40');
    const pages = [
      ...(await get('q=mystery&limit=20')).records,
      ...(await get('q=mystery&limit=20&offset=20')).records,
    ];
    t.strictSame(
      pages.map((r) => r.record_id),
      whole.records.map((r) => r.record_id),
    );
    t.equal(new Set(pages.map((r) => r.record_id)).size, pages.length);
    const spanish = await get('language=spa&limit=100');
    t.ok(spanish.records.length >= 40 && spanish.records.every((r) => r.languages.includes('spa')));
    t.equal(
      spanish.facets.find((f) => f.name === 'language')?.values.find((v) => v.value === 'spa')?.count,
      spanish.total,
    );
    t.equal((await fetch(`${base}/api/v1/search?limit=1000`)).status, 400);
  });

  t.test('a record is shown whole, in all its scripts, with its like', async (t) => {
    const found = SearchResponse.parse(await (await fetch(`${base}/api/v1/search?language=chi`)).json());
    const id = found.records[0]?.record_id ?? '';
    const detail = RecordDetail.parse(await (await fetch(`${base}/api/v1/records/${id}`)).json());
    t.match(detail.record.title.original, /\p{Script=Han}/u);
    const similar = SimilarRecords.parse(await (await fetch(`${base}/api/v1/records/${id}/similar`)).json());
    t.ok(similar.records.length > 0 && similar.records.every((r) => r.record_id !== id && r.why !== ''));
    t.equal((await fetch(`${base}/api/v1/records/nobody-has-this`)).status, 404);
  });

  t.test('the start page’s examples find something here', async (t) => {
    const welcome = Welcome.parse(await (await fetch(`${base}/api/v1/welcome?locale=es`)).json());
    t.equal(welcome.branches.length, 4);
    t.ok(welcome.is_demo);
    t.ok(welcome.examples.length >= 3);
    const say = await visitor(base).begin();
    for (const example of welcome.examples) {
      const answer = await say(example, { locale: 'es' });
      t.ok(answer.recommendations.length >= 3 && answer.path !== 'nearest', example);
    }
  });

  t.test('the API is described where programs and people look', async (t) => {
    const document = (await (await fetch(`${base}/api/v1/openapi.json`)).json()) as {
      openapi: string;
      paths: object;
    };
    t.match(document.openapi, /^3\.1/);
    t.ok(Object.keys(document.paths).includes('/api/v1/conversations/{id}/turns'));
    t.match(await (await fetch(`${base}/docs`)).text(), 'POST /api/v1/conversations');
  });

  t.test('an import by another process reaches it without a failed search', async (t) => {
    const one = await fetch(`${base}/api/v1/records/cs0001`);
    t.equal(one.status, 200);
    let failed = 0;
    let asked = 0;
    let importing = true;
    const asking = (async () => {
      while (importing) {
        asked++;
        if ((await fetch(`${base}/api/v1/search?q=${asked % 2 ? 'garden' : 'murder'}`)).status !== 200)
          failed++;
      }
    })();
    const cut = readFileSync(SAMPLE);
    const { code, text } = await carrel(
      dataDir,
      'import',
      join(t.testdir({ 'half.mrc': cut.subarray(0, endOfRecord(cut, 300)) }), 'half.mrc'),
      '--allow-shrink',
      '--quiet',
      '--no-vectors',
    );
    t.equal(code, 0, text);
    const deadline = Date.now() + 10_000;
    let records = 602;
    while (records === 602 && Date.now() < deadline) {
      records = ((await (await fetch(`${base}/health/ready`)).json()) as { records: number }).records;
    }
    importing = false;
    await asking;
    t.equal(records, 300);
    t.equal(failed, 0, `${asked} searches meanwhile`);
  });

  t.test('nothing that was asked is in the log or on the disk', async (t) => {
    const words = 'zanzibar velocipede';
    const say = await visitor(base).begin();
    await say(`a novel about a ${words}`);
    await fetch(`${base}/api/v1/search?q=${encodeURIComponent(words)}`);
    await fetch(`${base}/api/v1/search?q=${encodeURIComponent(words)}&limit=-1`);
    t.equal(await house.stop(), 0, 'it ends in order');
    t.notMatch(house.written(), /velocipede/i);
    for (const name of readdirSync(dataDir, { recursive: true }) as string[]) {
      const path = join(dataDir, name);
      if (statSync(path).isFile()) t.notOk(readFileSync(path).includes('velocipede'), name);
    }
  });
});

t.test('a house without a catalogue says so instead of failing', async (t) => {
  const { base } = await openHouse(t, t.testdir());
  const ready = await fetch(`${base}/health/ready`);
  t.equal(ready.status, 200);
  t.match(await ready.json(), { index: 'empty', records: 0 });
  const search = await fetch(`${base}/api/v1/search?q=anything`);
  t.equal(search.status, 503);
  t.match(await search.json(), { code: 'not_ready', detail: /no catalogue/i });
  t.equal((await fetch(`${base}/`)).status, 200);
});

t.test('a bad setting stops the start with one sentence', async (t) => {
  await t.rejects(openHouse(t, t.testdir(), { CARREL_PORT: 'eighty' }), /CARREL_PORT/);
});

/** Offset just after the n-th record terminator. */
function endOfRecord(bytes: Buffer, n: number): number {
  let at = 0;
  for (let i = 0; i < n; i++) at = bytes.indexOf(0x1d, at) + 1;
  return at;
}
