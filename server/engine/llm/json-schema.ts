/**
 * The part of JSON Schema that every adapter can hold a model to: objects whose keys all come, in this order; arrays,
 * enums, whole numbers, booleans, and strings with a length. Strings without `maxLength` would let a model ramble.
 */
export type JsonSchema =
  | {
      type: 'object';
      properties: Readonly<Record<string, JsonSchema>>;
      required: readonly string[];
      additionalProperties: false;
    }
  | { type: 'array'; items: JsonSchema; minItems?: number; maxItems: number }
  | { type: 'string'; maxLength: number }
  | { type: 'integer' | 'boolean' | 'null' }
  | { enum: readonly (string | number | null)[] };
