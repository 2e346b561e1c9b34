import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token } from 'node-llama-cpp';
import type { ChatMessage } from './llm.js';

/** Makes a conversation into what the model reads. */
export interface PromptTokens {
  history(messages: readonly ChatMessage[]): ChatHistoryItem[];
  /** Every token up to where the answer begins. Control tokens that somebody typed stay text. */
  of(messages: readonly ChatMessage[]): Token[];
  /** The tokens with which every conversation under this system prompt begins, whatever is said in it. */
  prefixOf(systemPrompt: string): Token[];
}

/** Fixed prompts whose tokens are kept; there are as many as there are prompt files, and few of those. */
const MOST_PREFIXES = 16;

export function createPromptTokens(model: LlamaModel, wrapper: ChatWrapper): PromptTokens {
  const prefixes = new Map<string, Token[]>();
  const history = (messages: readonly ChatMessage[]): ChatHistoryItem[] => [
    ...messages.map((message): ChatHistoryItem => {
      if (message.role === 'assistant') return { type: 'model', response: [message.text] };
      return { type: message.role, text: message.text };
    }),
    { type: 'model', response: [] },
  ];
  const tokensOf = (messages: readonly ChatMessage[]): Token[] =>
    wrapper.generateContextState({ chatHistory: history(messages) }).contextText.tokenize(model.tokenizer);

  return {
    history,
    of: tokensOf,
    prefixOf(systemPrompt) {
      const known = prefixes.get(systemPrompt);
      if (known) return known;
      const [one, other] = ['a', '9 ?'].map((text) =>
        tokensOf([
          { role: 'system', text: systemPrompt },
          { role: 'user', text },
        ]),
      );
      const differs = one?.findIndex((token, i) => token !== other?.[i]) ?? 0;
      const prefix = one?.slice(0, Math.max(0, differs)) ?? [];
      if (prefixes.size >= MOST_PREFIXES) prefixes.delete(prefixes.keys().next().value ?? '');
      prefixes.set(systemPrompt, prefix);
      return prefix;
    },
  };
}
