import t from 'tap';
import { z } from 'zod';
import { apiUrl, KohaSettings } from '../../../../engine/ils/koha/settings.js';
import { readSpec } from '../../../../engine/ils/koha/spec.js';

const metaOf = (schema: z.ZodType) => z.globalRegistry.get(schema) as Record<string, unknown> | undefined;

t.test('every setting is told in a sentence, and the secrets are marked as such', (t) => {
  const secrets: string[] = [];
  for (const [name, schema] of Object.entries(KohaSettings.shape)) {
    t.match(name, /^[a-z_]+$/);
    t.match(metaOf(schema)?.['description'], /\w.*\w.*[.]$/, name);
    if (metaOf(schema)?.['secret'] === true) secrets.push(name);
  }
  t.same(secrets, ['client_secret', 'password']);
  t.end();
});

t.test('an account is whole or not there', (t) => {
  const url = 'https://koha.example.org';
  t.equal(KohaSettings.safeParse({ url }).success, false, 'OAuth2 without its key');
  t.equal(KohaSettings.safeParse({ url, client_id: 'a' }).success, false);
  t.equal(KohaSettings.safeParse({ url, client_id: 'a', client_secret: 'b' }).success, true);
  t.equal(KohaSettings.safeParse({ url, auth: 'basic', user: 'a' }).success, false);
  t.equal(KohaSettings.safeParse({ url, auth: 'none' }).success, true);
  t.equal(KohaSettings.safeParse({ url: 'ftp://koha.example.org', auth: 'none' }).success, false);
  t.same(KohaSettings.parse({ url, auth: 'none' }).concurrency, 4);
  t.end();
});

t.test('the path of the API may be left out', (t) => {
  for (const url of ['https://k.example', 'https://k.example/', 'https://k.example/api/v1/'])
    t.equal(apiUrl(url), 'https://k.example/api/v1', url);
  t.end();
});

const ITEMS = 'GET /biblios/{biblio_id}/items';

t.test('the specification tells what is offered, references and all', (t) => {
  const spec = readSpec({
    parameters: { match: { name: '_match', in: 'query' } },
    definitions: { wish: { properties: { patron_id: { type: 'integer' } } } },
    paths: {
      '/biblios/{biblionumber}/items': {
        parameters: [{ $ref: '#/parameters/match' }],
        get: {
          parameters: [
            { name: '_page', in: 'query' },
            {
              name: 'x-koha-embed',
              in: 'header',
              items: { type: 'string', enum: ['+strings', 'checkout'] },
            },
            { $ref: '#/parameters/nowhere' },
          ],
          'x-koha-authorization': { permissions: { catalogue: '1' } },
        },
      },
      '/holds': {
        post: { parameters: [{ name: 'body', in: 'body', schema: { $ref: '#/definitions/wish' } }] },
      },
    },
  });
  t.equal(spec?.offers(ITEMS), true, 'whatever its path parameter is called');
  t.equal(spec?.offers('GET /holds'), false);
  t.same(spec?.embeds(ITEMS, ['+strings', 'transfer', 'checkout']), ['+strings', 'checkout']);
  t.equal(spec?.takes(ITEMS, '_match'), true);
  t.equal(spec?.takes(ITEMS, 'q'), false);
  t.equal(spec?.permission(ITEMS), 'catalogue');
  t.equal(spec?.hasField('POST /holds', 'patron_id'), true);
  t.equal(spec?.hasField('POST /holds', 'biblio_id'), false);
  t.equal(readSpec({ error: 'no' }), undefined);
  t.equal(readSpec(undefined), undefined);
  t.end();
});
