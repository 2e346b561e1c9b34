import type { ChatRequest } from './llm.js';

/**
 * Ways to hold an engine to a schema, best first. `json_schema` is OpenAI's, taken by llama-server, vLLM and Ollama
 * today; `json_object` with the schema beside it is older llama-server's, with `guided_json` older vLLM's; `asked` says
 * it in words, which any model hears and none is bound by: the caller checks every answer again.
 */
export const schemaForms = ['json_schema', 'json_object', 'asked'] as const;
export type SchemaForm = (typeof schemaForms)[number];

/** The body of POST /chat/completions. */
export function chatBody(
  model: string,
  { messages, schema, maxTokens }: Pick<ChatRequest, 'messages' | 'schema' | 'maxTokens'>,
  form: SchemaForm,
): Record<string, unknown> {
  const said = messages.map(({ role, text }) => ({ role, content: text }));
  const body = {
    model,
    messages: said,
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0,
    max_tokens: maxTokens,
  };
  if (schema === undefined) return body;
  if (form === 'json_schema') {
    const held = { name: 'answer', schema, strict: true };
    return { ...body, response_format: { type: 'json_schema', json_schema: held } };
  }
  if (form === 'json_object')
    return { ...body, response_format: { type: 'json_object', schema }, guided_json: schema };
  const rule = `Answer with JSON of this schema and nothing else: ${JSON.stringify(schema)}`;
  const [first, ...rest] = said;
  return {
    ...body,
    messages:
      first?.role === 'system'
        ? [{ role: 'system', content: `${first.content}\n\n${rule}` }, ...rest]
        : [{ role: 'system', content: rule }, ...said],
  };
}
