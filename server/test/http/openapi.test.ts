import t from 'tap';
import { z } from 'zod';
import type { RouteRow } from '../../contract/routes.js';
import { renderDocs } from '../../http/api-docs.js';
import { openApiDocument } from '../../http/openapi.js';

const Thing = z.object({
  id: z.string().describe('Its <id>'),
  size: z.int().default(3),
  kind: z.enum(['a', 'b']),
});
const routes: RouteRow[] = [
  {
    method: 'post',
    path: '/things/{id}',
    summary: 'Changes a thing',
    tag: 'staff',
    params: z.object({ id: z.string() }),
    query: z.object({ dry: z.stringbool().default(false), note: z.string().optional() }),
    body: Thing,
    status: 200,
    response: Thing,
    events: { progress: z.object({ done: z.int() }) },
    problems: ['not_found', 'record_not_found'],
  },
];
const document = openApiDocument(routes, { Thing }, { version: '1.2.3' });

t.test('what is sent may leave out what has a default; what is answered may not', async (t) => {
  const operation = document.paths['/api/v1/things/{id}']?.post;
  t.match(document, { openapi: '3.1.1', info: { version: '1.2.3' } });
  t.strictSame(operation?.requestBody?.content['application/json']?.schema?.required, ['id', 'kind']);
  t.strictSame(document.components.schemas.Thing?.required, ['id', 'size', 'kind']);
  t.strictSame(operation?.responses['200']?.content, {
    'application/json': { schema: { $ref: '#/components/schemas/Thing' } },
    'text/event-stream': {
      schema: {
        oneOf: [
          {
            description: 'event: progress',
            type: 'object',
            properties: { done: { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 } },
            required: ['done'],
            additionalProperties: false,
          },
        ],
      },
    },
  });
});

t.test('parameters, problems and the staff key are documented', async (t) => {
  const operation = document.paths['/api/v1/things/{id}']?.post;
  t.match(operation?.parameters, [
    { name: 'id', in: 'path', required: true },
    { name: 'dry', in: 'query', required: false },
    { name: 'note', in: 'query', required: false },
  ]);
  t.match(operation?.responses['404']?.description, /not_found: .*record_not_found: /);
  t.strictSame(operation?.security, [{ staffKey: [] }]);
});

t.test('the page for people shows every operation, escapes what it quotes and holds no script', async (t) => {
  const html = renderDocs(document);
  t.match(html, 'POST /api/v1/things/{id}');
  t.match(html, 'Its &lt;id&gt;');
  t.notMatch(html, /<script|style=|onclick/);
});
