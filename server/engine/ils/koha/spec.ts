import { z } from 'zod';
import type { Operation } from './operations.js';
import { permissionWords } from './permissions.js';

/** What one Koha says that it offers. */
export interface KohaSpec {
  offers(operation: Operation): boolean;
  /** Whether this query parameter is known there: Koha answers 400 to any other. */
  takes(operation: Operation, parameter: string): boolean;
  /** Those of the wanted `x-koha-embed` values that are enumerated there. */
  embeds(operation: Operation, wanted: readonly string[]): string[];
  /** Whether a field may stand in the request's body. */
  hasField(operation: Operation, field: string): boolean;
  /** Permission that Carrel's account needs there, in Koha's words. */
  permission(operation: Operation): string | undefined;
}

const Parameter = z.object({
  name: z.string(),
  in: z.string(),
  items: z.object({ enum: z.array(z.string()).optional() }).optional(),
  schema: z.unknown().optional(),
});
const Described = z.object({
  parameters: z.array(z.unknown()).default([]),
  'x-koha-authorization': z.object({ permissions: z.unknown() }).optional(),
});
const Document = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

interface Offered {
  queries: ReadonlySet<string>;
  embeds: ReadonlySet<string>;
  fields: ReadonlySet<string>;
  permission: string | undefined;
}

/** Reads Koha's live OpenAPI 2.0 document; undefined when it is none. Names of path parameters do not matter. */
export function readSpec(json: unknown): KohaSpec | undefined {
  const document = Document.safeParse(json);
  if (!document.success) return undefined;
  const known = new Map<string, Offered>();
  for (const [path, item] of Object.entries(document.data.paths)) {
    const shared = z.array(z.unknown()).safeParse(item['parameters']).data ?? [];
    for (const [method, described] of Object.entries(item)) {
      const read = Described.safeParse(described);
      if (read.success && method !== 'parameters')
        known.set(shapeOf(`${method.toUpperCase()} ${path}`), offeredBy(read.data, shared, json));
    }
  }
  const at = (operation: Operation): Offered | undefined => known.get(shapeOf(operation));
  return {
    offers: (operation) => at(operation) !== undefined,
    takes: (operation, parameter) => at(operation)?.queries.has(parameter) ?? false,
    embeds: (operation, wanted) => wanted.filter((name) => at(operation)?.embeds.has(name)),
    hasField: (operation, field) => at(operation)?.fields.has(field) ?? false,
    permission: (operation) => at(operation)?.permission,
  };
}

function offeredBy(
  described: z.infer<typeof Described>,
  shared: readonly unknown[],
  document: unknown,
): Offered {
  const parameters = [...shared, ...described.parameters].flatMap((given) => {
    const read = Parameter.safeParse(resolved(given, document));
    return read.success ? [read.data] : [];
  });
  const embed = parameters.find(({ name, in: place }) => place === 'header' && name === 'x-koha-embed');
  const body = parameters.find((parameter) => parameter.in === 'body');
  const schema = z
    .object({ properties: z.record(z.string(), z.unknown()) })
    .safeParse(resolved(body?.schema, document));
  return {
    queries: new Set(parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)),
    embeds: new Set(embed?.items?.enum ?? []),
    fields: new Set(Object.keys(schema.data?.properties ?? {})),
    permission: permissionWords(described['x-koha-authorization']?.permissions),
  };
}

/** What a `$ref` inside the document points to; anything else as it is. */
function resolved(given: unknown, document: unknown): unknown {
  const reference = z.object({ $ref: z.string().startsWith('#/') }).safeParse(given);
  if (!reference.success) return given;
  let found: unknown = document;
  for (const step of reference.data.$ref.slice(2).split('/')) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    found = z.record(z.string(), z.unknown()).safeParse(found).data?.[key];
  }
  return found;
}

function shapeOf(operation: string): string {
  return operation.replace(/\{[^}]*\}/g, '{}').replace(/\/$/, '');
}
