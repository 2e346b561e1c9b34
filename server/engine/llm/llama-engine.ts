import { LlamaChat, resolveChatWrapper, type LlamaContextSequence, type Token } from 'node-llama-cpp';
import { createGrammars } from './grammars.js';
import { watchJsonEnd } from './json-end.js';
import { createKeptPrefixes } from './kept-prefixes.js';
import { chooseDevice, describeDevice } from './llama-device.js';
import type {
  AnswerEnd,
  AnswerFigures,
  LlamaFacts,
  LlamaSettings,
  MeasuredSpeed,
  MeasureOptions,
  Question,
} from './llama-messages.js';
import { createPromptTokens } from './prompt-tokens.js';
import { createSequences } from './sequences.js';
import { createSlicedReading } from './sliced-reading.js';

/** A model in this very process. A damaged file or a lack of memory may end the process natively. */
export interface LlamaEngine {
  readonly facts: LlamaFacts;
  /** Reads a fixed prompt and keeps the state, unless it is kept already. */
  prepare(systemPrompt: string, signal: AbortSignal): Promise<void>;
  /** Writes one answer. Never throws the signal's reason: an asker who left is an end like others. */
  answer(question: Question, options: AnswerOptions): Promise<{ how: AnswerEnd; figures: AnswerFigures }>;
  /** Reads and writes noise, for its speed alone. */
  measure(options: MeasureOptions, signal: AbortSignal): Promise<MeasuredSpeed>;
  /** Tokens that free sequences hold: fixed prompts, and nothing that anybody typed. */
  heldTokens(): readonly (readonly Token[])[];
  close(): Promise<void>;
}

export interface AnswerOptions {
  signal: AbortSignal;
  onText: (text: string) => void;
}

/** Where no GPU is, a long prompt takes too long to be of use. */
const CPU_CONTEXT = 2048;
const GPU_CONTEXT = 4096;
/** Sequences on a box whose cores are fewer than patrons: more at once would only make each slower. */
const FEW_SEQUENCES = 2;
const MANY_SEQUENCES = 4;

/** Loads a model. Throws when llama.cpp refuses the file; `onError` then heard why. */
export async function openLlamaEngine(
  settings: LlamaSettings,
  onError: (line: string) => void,
): Promise<LlamaEngine> {
  const startedAt = performance.now();
  const device = await chooseDevice(settings, onError);
  const { llama } = device;
  const model = await llama.loadModel({
    modelPath: settings.modelPath,
    checkTensors: settings.checkTensors,
    ...(llama.gpu === false && { gpuLayers: 0 }),
  });
  const described = await describeDevice(device, model, settings.threads);
  const onGpu = described.device !== 'cpu';
  const context = await model.createContext({
    contextSize: Math.min(
      settings.modelContextTokens,
      settings.contextTokens ?? (onGpu ? GPU_CONTEXT : CPU_CONTEXT),
    ),
    sequences: settings.sequences ?? (onGpu || settings.threads > 1 ? MANY_SEQUENCES : FEW_SEQUENCES),
    threads: settings.threads,
  });
  const wrapper = resolveChatWrapper(model, { customWrapperSettings: { qwen: { thoughts: 'discourage' } } });
  const prompts = createPromptTokens(model, wrapper);
  const grammars = createGrammars(llama);
  const sequences = createSequences(context);
  const kept = createKeptPrefixes(settings.prefixFolder, settings.prefixKey);
  const reading = createSlicedReading();

  const prefixOf = (question: Question): Token[] => {
    const first = question.messages[0];
    return first?.role === 'system' ? prompts.prefixOf(first.text) : [];
  };

  const write = async (
    sequence: LlamaContextSequence,
    question: Question,
    { signal, onText }: AnswerOptions,
  ): Promise<AnswerEnd> => {
    const whole = new AbortController();
    const jsonEnd = question.schema && watchJsonEnd();
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: wrapper });
    try {
      const { metadata } = await chat.generateResponse(prompts.history(question.messages), {
        maxTokens: question.maxTokens,
        temperature: 0,
        signal: AbortSignal.any([signal, whole.signal]),
        stopOnAbortSignal: true,
        // A patron waits for the answer, not for thoughts about it.
        budgets: { thoughtTokens: 0, commentTokens: 0 },
        // JSON repeats its own keys; being punished for it would bend the choice.
        ...(question.schema && { grammar: await grammars.of(question.schema), repeatPenalty: false }),
        onTextChunk(text) {
          if (signal.aborted || whole.signal.aborted || text === '') return;
          const end = jsonEnd?.(text);
          onText(end === undefined ? text : text.slice(0, end));
          // The library's grammar would have line breaks follow, and its own end waits for them.
          if (end !== undefined) whole.abort();
        },
      });
      if (whole.signal.aborted) return 'whole';
      if (signal.aborted) return 'stopped';
      return question.schema && metadata.stopReason === 'maxTokens' ? 'cut' : 'whole';
    } finally {
      chat.dispose({ disposeSequence: false });
    }
  };

  return {
    facts: {
      ...described,
      threads: context.idealThreads,
      contextTokens: context.contextSize,
      sequences: context.totalSequences,
      loadMs: Math.round(performance.now() - startedAt),
    },
    async prepare(systemPrompt, signal) {
      const prefix = prompts.prefixOf(systemPrompt);
      if (prefix.length === 0 || prefix.length >= context.contextSize) return;
      await sequences.use(prefix, async (sequence) => {
        if (await kept.load(sequence, prefix)) return;
        await reading.read(sequence, prefix, signal);
        await kept.save(sequence, prefix);
      });
    },
    async answer(question, options) {
      const tokens = prompts.of(question.messages);
      const prefix = prefixOf(question);
      const figures = { promptTokens: tokens.length, readTokens: 0, readMs: 0, writtenTokens: 0, writeMs: 0 };
      // Longer conversations would silently lose the question itself.
      if (tokens.length + question.maxTokens > context.contextSize - 1) return { how: 'too_long', figures };
      return sequences.use(prefix, async (sequence) => {
        const readFrom = performance.now();
        await kept.load(sequence, prefix);
        const heldTokens = sequence.compareContextTokens(tokens).firstDifferentIndex;
        try {
          // The last token is left for the writing, which begins with it.
          figures.readTokens = await reading.read(sequence, tokens.slice(0, -1), options.signal);
        } catch (error) {
          if (!options.signal.aborted) throw error;
          // What was read by then tells the speed, of a slow machine above all.
          figures.readTokens = Math.max(0, sequence.nextTokenIndex - heldTokens);
          figures.readMs = performance.now() - readFrom;
          return { how: 'stopped', figures };
        }
        const writeFrom = performance.now();
        figures.readMs = writeFrom - readFrom;
        const before = sequence.tokenMeter.getState();
        const how = await write(sequence, question, options);
        figures.writeMs = performance.now() - writeFrom;
        figures.writtenTokens = sequence.tokenMeter.diff(before).usedOutputTokens;
        return { how, figures };
      });
    },
    measure: (options, signal) =>
      sequences.use([], (sequence) => measureSequence(sequence, options, signal, reading)),
    heldTokens: () => sequences.held(),
    close: () => llama.dispose(),
  };
}

/** Speed of one sequence: reading noise in slices, then writing on whatever the model makes of it. */
async function measureSequence(
  sequence: LlamaContextSequence,
  options: MeasureOptions,
  signal: AbortSignal,
  reading: ReturnType<typeof createSlicedReading>,
): Promise<MeasuredSpeed> {
  const outOfTime = AbortSignal.timeout(options.limitMs);
  const room = sequence.contextSize - options.writeTokens - 2;
  const words = 'the library holds books and serials, records, authors and titles of the town; '.repeat(64);
  const noise = sequence.model.tokenize(words);
  const readTokens = Math.max(1, Math.min(options.readTokens, room));
  const tokens = Array.from({ length: readTokens }, (_, i) => noise[i % noise.length] as Token);
  const readFrom = performance.now();
  try {
    await reading.read(sequence, tokens, AbortSignal.any([signal, outOfTime]));
  } catch (error) {
    signal.throwIfAborted();
    if (!outOfTime.aborted) throw error;
  }
  const read = sequence.nextTokenIndex;
  const writeFrom = performance.now();
  let written = 0;
  const last = tokens[0] as Token;
  for await (const token of sequence.evaluate([last], { temperature: 0, yieldEogToken: true })) {
    if (token !== undefined) written += 1;
    if (written >= options.writeTokens || signal.aborted || (outOfTime.aborted && written > 1)) break;
  }
  signal.throwIfAborted();
  const now = performance.now();
  return {
    reading: read > 0 ? (read / (writeFrom - readFrom)) * 1000 : null,
    writing: written > 0 ? (written / (now - writeFrom)) * 1000 : null,
  };
}
