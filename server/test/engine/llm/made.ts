import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { makeGgufModel, type GgufModelOptions } from '../../../../scripts/made-models/gguf-model.js';
import { makeScriptedGguf, type ScriptedGgufOptions } from '../../../../scripts/made-models/scripted-gguf.js';
import { openLlamaHost, type LlamaHost, type LlamaHostOptions } from '../../../engine/llm/llama-host.js';
import { LlmDeclined, type ChatRequest, type DeclineReason, type Llm } from '../../../engine/llm/llm.js';
import type { LocalChatModel } from '../../../engine/models/model.js';

/** A folder that goes with the test. */
export function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'carrel-llm-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A model made for the test: of noise, or one that always writes one of `scripts`. */
export function madeModel(
  t: Test,
  made: GgufModelOptions | ({ scripts: readonly string[] } & ScriptedGgufOptions) = {},
): LocalChatModel {
  const path = join(folderFor(t), 'model.gguf');
  if ('scripts' in made) makeScriptedGguf(path, made.scripts, made);
  else makeGgufModel(path, made);
  return {
    id: 'made',
    role: 'chat',
    name: 'Made for a test',
    path,
    sha256: 'ab'.repeat(32),
    bytes: statSync(path).size,
    contextTokens: 4096,
  };
}

/** A host that is closed with the test; it uses one thread, since tests run beside each other. */
export function hostFor(t: Test, model: LocalChatModel, options: Partial<LlamaHostOptions> = {}): LlamaHost {
  const host = openLlamaHost({ model, gpu: 'off', threads: 1, ...options });
  t.teardown(() => host.close());
  return host;
}

/** Long enough for a busy machine. */
export const soon = (): AbortSignal => AbortSignal.timeout(60_000);

export function ask(text: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    messages: [
      { role: 'system', text: 'You are the front desk of a library.' },
      { role: 'user', text },
    ],
    maxTokens: 40,
    client: 'one',
    budgetMs: 600_000,
    signal: soon(),
    ...more,
  };
}

/** All pieces of an answer. */
export async function piecesOf(llm: Llm, request: ChatRequest): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of llm.chat(request)) pieces.push(piece);
  return pieces;
}

export async function answerOf(llm: Llm, request: ChatRequest): Promise<string> {
  return (await piecesOf(llm, request)).join('');
}

/** Asserts that there is no answer, and why. */
export async function declines(
  t: Test,
  answer: Promise<unknown>,
  reason: DeclineReason,
  name = `declined as ${reason}`,
): Promise<LlmDeclined | undefined> {
  const error: unknown = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const declined = error instanceof LlmDeclined ? error : undefined;
  t.equal(declined?.reason, reason, declined ? name : `${name}, not ${String(error)}`);
  return declined;
}

/** Resolves when `claim` holds; looks often, since what is waited for happens in another process. */
export async function until(claim: () => boolean, what: string, limitMs = 30_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!claim()) {
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
