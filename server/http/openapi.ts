import { z } from 'zod';
import { ProblemBody, problems, type ProblemCode } from '../contract/problems.js';
import type { RouteRow } from '../contract/routes.js';

/** The part of JSON Schema 2020-12 that the contract uses. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  [keyword: string]: unknown;
}

type Content = Record<string, { schema?: Schema }>;

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: 'path' | 'query'; required: boolean; schema: Schema }[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
}

export interface OpenApiDocument {
  openapi: '3.1.1';
  info: {
    title: string;
    version: string;
    description: string;
    license: { name: string; identifier: string };
  };
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, unknown> };
}

/** What any address may answer. */
const ANYWHERE: readonly ProblemCode[] = ['bad_request', 'too_many_requests', 'internal'];

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Schema;

const SCHEMAS = '#/components/schemas/';

/**
 * OpenAPI 3.1 from the route table. What is answered becomes a component, `named` ones under the name given; what is
 * sent stands in place, since a default makes a field optional on the way in only.
 * Zod's own JSON Schema output (2020-12) is the dialect that OpenAPI 3.1 takes.
 */
export function openApiDocument(
  routes: readonly RouteRow[],
  named: Readonly<Record<string, z.ZodType>>,
  info: { version: string },
): OpenApiDocument {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries({ ...named, Problem: ProblemBody })) registry.add(schema, { id });
  for (const route of routes) {
    const schema = route.response;
    if (schema && !registry.has(schema)) registry.add(schema, { id: `${operationId(route)}Answer` });
  }
  const components = z.toJSONSchema(registry, {
    uri: (id) => SCHEMAS + id,
    io: 'output',
    unrepresentable: 'any',
  });
  const schemaOf: SchemaOf = (schema, io) => {
    const id = registry.get(schema)?.id;
    if (io === 'output' && id !== undefined) return { $ref: SCHEMAS + id };
    return clean(z.toJSONSchema(schema, { io, unrepresentable: 'any' }));
  };
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const methods = (paths[`/api/v1${route.path}`] ??= {});
    methods[route.method] = operation(route, schemaOf);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Carrel',
      version: info.version,
      description: 'The library’s own front desk: finding what it holds, in conversation.',
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(components.schemas).map(([id, schema]) => [id, clean(schema)]),
      ),
      securitySchemes: { staffKey: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operation(route: RouteRow, schemaOf: SchemaOf): Operation {
  const parameters = [
    ...parametersOf(route.params, 'path', schemaOf),
    ...parametersOf(route.query, 'query', schemaOf),
  ];
  const responses: Operation['responses'] = { [String(route.status)]: success(route, schemaOf) };
  for (const [status, codes] of byStatus([...ANYWHERE, ...route.problems])) {
    responses[status] = {
      description: codes.map((code) => `${code}: ${problems[code].title}`).join(' '),
      content: { 'application/problem+json': { schema: { $ref: `${SCHEMAS}Problem` } } },
    };
  }
  const body = route.body;
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [route.tag],
    ...(route.tag === 'staff' && { security: [{ staffKey: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    ...(route.upload !== undefined && { requestBody: { required: true, content: { [route.upload]: {} } } }),
    responses,
  };
}

function success(route: RouteRow, schemaOf: SchemaOf): Operation['responses'][string] {
  const content: Content = {};
  if (route.response) content['application/json'] = { schema: schemaOf(route.response, 'output') };
  if (route.events) {
    const events = Object.entries(route.events).map(([name, data]) => ({
      description: `event: ${name}`,
      ...schemaOf(data, 'output'),
    }));
    content['text/event-stream'] = { schema: { oneOf: events } };
  }
  if (route.binary) content[route.binary] = {};
  return { description: route.summary, ...(Object.keys(content).length > 0 && { content }) };
}

function parametersOf(
  object: z.ZodObject | undefined,
  place: 'path' | 'query',
  schemaOf: SchemaOf,
): NonNullable<Operation['parameters']> {
  if (!object) return [];
  const schema = schemaOf(object, 'input');
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (schema.required ?? []).includes(name),
    schema: property,
  }));
}

function byStatus(codes: readonly ProblemCode[]): Map<string, ProblemCode[]> {
  const grouped = new Map<string, ProblemCode[]>();
  for (const code of codes) {
    const status = String(problems[code].status);
    grouped.set(status, [...(grouped.get(status) ?? []), code]);
  }
  return grouped;
}

function operationId(route: RouteRow): string {
  const words = route.path.split(/[/{}_-]+/).filter((word) => word !== '');
  return route.method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}

/** JSON Schema without the keys that only make sense in a file of its own. */
function clean(schema: object): Schema {
  const { $schema, $id, id, ...rest } = schema as Record<string, unknown>;
  void $schema;
  void $id;
  void id;
  return rest;
}
