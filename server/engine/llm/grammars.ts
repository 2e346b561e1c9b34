import { LRUCache } from 'lru-cache';
import type { GbnfJsonBasicSchema, GbnfJsonSchema, Llama, LlamaGrammar } from 'node-llama-cpp';
import type { JsonSchema } from './json-schema.js';

/** Grammars that hold an answer to a schema; the latest are kept, since making one of many ids takes long. */
export function createGrammars(llama: Llama): { of(schema: JsonSchema): Promise<LlamaGrammar> } {
  const kept = new LRUCache<string, Promise<LlamaGrammar>>({ max: 64 });
  return {
    of(schema) {
      const key = JSON.stringify(schema);
      const known = kept.get(key);
      if (known) return known;
      // The library's type follows a schema known while compiling; these are known only when asked.
      const made = llama.createGrammarForJsonSchema(toLibrary(schema) as GbnfJsonBasicSchema);
      kept.set(key, made);
      made.catch(() => kept.delete(key));
      return made;
    },
  };
}

/** The library's own form of a schema. It makes every property required by itself. */
function toLibrary(schema: JsonSchema): GbnfJsonSchema {
  if (!('type' in schema)) return schema;
  if (schema.type === 'array') return { ...schema, items: toLibrary(schema.items) };
  if (schema.type !== 'object') return schema;
  const properties = Object.entries(schema.properties).map(
    ([name, value]) => [name, toLibrary(value)] as const,
  );
  return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false };
}
