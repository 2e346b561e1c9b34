import { z } from 'zod';
import { EngineFault } from './engine-fault.js';

/** The error object that llama-server, vLLM, Ollama and Text Embeddings Inference send, bare or below `error`. */
const ErrorBody = z.object({
  type: z.unknown().optional(),
  code: z.unknown().optional(),
  param: z.unknown().optional(),
  error_type: z.unknown().optional(),
  n_ctx: z.unknown().optional(),
});
const Wrapped = z.object({ error: ErrorBody });

/** Codes by which engines say that a text does not fit: OpenAI's own, llama-server's, vLLM's parameter. */
const tooLongCodes = new Set<unknown>([
  'context_length_exceeded',
  'exceed_context_size_error',
  'context_exceeded',
  'string_above_max_length',
]);
const tooLongParams = new Set<unknown>(['input_tokens']);
const busyTypes = new Set<unknown>([
  'overloaded',
  'unavailable_error',
  'overloaded_error',
  'rate_limit_error',
]);

/**
 * The fault that an error answer stands for, told by its status and its codes, never by its words. `body` is the parsed
 * answer, or undefined when it is no JSON. A status inside an event stream comes as a number in `code`.
 */
export function faultOf(
  host: string,
  answer: { status: number; body: unknown; retryAfterMs?: number | undefined },
): EngineFault {
  const wrapped = Wrapped.safeParse(answer.body);
  const bare = ErrorBody.safeParse(answer.body);
  const said = wrapped.success ? wrapped.data.error : bare.success ? bare.data : undefined;
  const status = answer.status === 200 && typeof said?.code === 'number' ? said.code : answer.status;
  const more = {
    status,
    ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
  };
  const isTooLong =
    tooLongCodes.has(said?.code) ||
    tooLongCodes.has(said?.type) ||
    tooLongParams.has(said?.param) ||
    typeof said?.n_ctx === 'number' ||
    status === 413;
  if (isTooLong && status !== 429) return new EngineFault('too_long', host, more);
  if (status === 429 || status === 503 || busyTypes.has(said?.type) || busyTypes.has(said?.error_type))
    return new EngineFault('busy', host, more);
  if (status >= 500 || status === 408 || status === 200) return new EngineFault('broken', host, more);
  if (status >= 400) return new EngineFault('refused', host, more);
  return new EngineFault('foreign', host, more);
}

/** Milliseconds of a Retry-After header, seconds or a date, at most a minute; undefined when there is none. */
export function retryAfterOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(60_000, Math.max(0, ms)) : undefined;
}
