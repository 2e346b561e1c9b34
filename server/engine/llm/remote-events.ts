import { z } from 'zod';
import { EngineFault } from '../remote/engine-fault.js';
import { faultOf } from '../remote/refusal.js';

const Chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: z
    .object({ prompt_tokens: z.number().optional(), completion_tokens: z.number().optional() })
    .nullish(),
});

/** What one event of a streamed answer says. */
export interface ChatEvent {
  text: string;
  finish?: string;
  promptTokens?: number;
  writtenTokens?: number;
}

/** Reads an event's data; 'done' for the closing one. Throws EngineFault when it is an error or nothing of the protocol. */
export function readChatEvent(data: string, host: string): ChatEvent | 'done' {
  if (data.trim() === '[DONE]') return 'done';
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new EngineFault('foreign', host);
  }
  if (typeof value === 'object' && value !== null && 'error' in value)
    throw faultOf(host, { status: 200, body: value });
  const chunk = Chunk.safeParse(value);
  if (!chunk.success) throw new EngineFault('foreign', host);
  const [choice] = chunk.data.choices;
  const { usage } = chunk.data;
  return {
    text: choice?.delta?.content ?? '',
    ...(choice?.finish_reason ? { finish: choice.finish_reason } : {}),
    ...(usage?.prompt_tokens === undefined ? {} : { promptTokens: usage.prompt_tokens }),
    ...(usage?.completion_tokens === undefined ? {} : { writtenTokens: usage.completion_tokens }),
  };
}
