import type { ModelAbsence } from '../../../contract/conversation.js';
import type { Locale } from '../../../contract/vocabulary.js';
import type { Cache } from '../../../engine/cache/cache.js';
import { DeadlineError, within, type Clock } from '../../../engine/cache/clock.js';
import { LlmDeclined, type ChatMessage, type Llm } from '../../../engine/llm/llm.js';
import { isListWorthALook, isReadingUnsure } from './worth.js';
import type { Outcome, SecondLook, Stage } from '../deliver.js';
import { degraded, normalised } from '../find.js';
import type { Records } from '../records.js';
import type { SimilarQuestions } from '../similar-questions.js';
import type { Listing } from '../turns.js';
import type { Wording } from '../wording.js';
import { choiceReader, choiceSchema, type Choice } from './choosing.js';
import { readJsonPieces } from './json-pieces.js';
import { createPresenter, type Presenter } from './presenting.js';
import { estimatedTokens, type Prompt, type Prompts } from './prompts.js';
import { isShowable, mergedIntent, readingOf, readingSchema } from './reading.js';
import { createRememberedAnswers } from './remembered-answers.js';
import type { Speech } from './speech.js';
import { chooseText, understandText, type Asking } from './table.js';

/** One turn as the assistant sees it. */
export interface Assisted {
  list: Listing;
  text: string;
  locale: Locale;
  wording: Wording;
  /** The last questions of the conversation, oldest first. */
  questions: readonly string[];
  /** Who asks, as an opaque id. */
  client: string;
}

export interface AssistantDeps {
  llm: Llm;
  prompts: Prompts;
  speech: Speech;
  records: Records;
  cache: Cache;
  /** Model's answers to questions answered lately. */
  similar: Readonly<Record<Locale, SimilarQuestions<Choice>>>;
  catalogueVersion: () => string;
  clock: Clock;
  /** When a model's first word must come. */
  budgetMs: number;
  /** Cards in one answer. */
  cards: number;
}

/** Most tokens of a whole prompt where it is read by a processor, and where something quicker reads it. */
const PROMPT_TOKENS = { cpu: 800, quick: 2400 } as const;
const CHOICE_TOKENS = 420;
const READING_TOKENS = 160;
/** A model that has begun must have ended this long after its first word was due. */
const WHOLE_LIMIT_MS = 30_000;

/** The model's answer was not in the form asked for. */
class UnreadableAnswer extends Error {
  constructor() {
    super('the model’s answer is not in the form asked for');
    this.name = 'UnreadableAnswer';
  }
}

/** What an earlier look at a turn has come to so far. */
interface Progress {
  isAnnounced: boolean;
  isUsed: boolean;
  confidence: number;
}

/**
 * Has a model look at lists: it may read a question that the rules are unsure of, choose among what was found, and say
 * why. Whatever it does not do in time leaves the answer as it was composed.
 */
export function createAssistant(deps: AssistantDeps) {
  const { llm, clock, prompts } = deps;
  const answers = createRememberedAnswers<Choice>(deps.cache);
  const promptTokens = (): number => {
    const { device, engine } = llm.state();
    return engine === 'remote' || (device !== null && device !== 'cpu')
      ? PROMPT_TOKENS.quick
      : PROMPT_TOKENS.cpu;
  };

  return {
    /** The second look at a turn's list; undefined when there is nothing that a model could better. */
    lookAgain(turn: Assisted): SecondLook | undefined {
      const isUnsure = isReadingUnsure(turn.list) && turn.text !== '';
      if (!isUnsure && !isListWorthALook(turn.list)) return undefined;
      return async (stage, signal) => {
        const progress: Progress = {
          isAnnounced: false,
          isUsed: false,
          confidence: turn.list.current().draft.confidence,
        };
        try {
          await within(clock, deps.budgetMs + WHOLE_LIMIT_MS, signal, async (stop) => {
            const asking = await askingOf(turn);
            if (isUnsure) await readAgain(turn, asking, stage, progress, stop);
            if (isListWorthALook(turn.list)) await choose(turn, asking, stage, progress, stop);
          });
          return outcomeOf(progress, progress.isUsed ? null : 'unasked');
        } catch (error) {
          signal.throwIfAborted();
          return await outcomeWithout(error, turn, stage, progress);
        }
      };
    },
  };

  async function askingOf({ list, text, locale, questions }: Assisted): Promise<Asking> {
    const ids = list.before?.listed ?? [];
    const byId = new Map((await deps.records.listRecords(ids)).map((bib) => [bib.id, bib.title.text]));
    const titles = ids
      .map((id) => byId.get(id) ?? '')
      .filter((title) => title !== '' && !deps.speech.isOrder(title));
    const language = new Intl.DisplayNames(['en'], { type: 'language' }).of(locale) ?? locale;
    const question = text === '' ? list.current().found.intent.text : text;
    return { language, question, earlier: { questions, titles } };
  }

  function announce(
    messages: readonly ChatMessage[],
    maxTokens: number,
    stage: Stage,
    progress: Progress,
  ): void {
    const estimate = llm.estimate({ messages, maxTokens });
    const isLate = estimate !== undefined && estimate.firstMs > deps.budgetMs;
    if (progress.isAnnounced || isLate || llm.state().state !== 'ready') return;
    progress.isAnnounced = true;
    // Not waited for: a slow library system holds back words, not the model.
    void stage.think(estimate);
  }

  /** Has the question read by the model, and takes its reading where that finds something better. */
  async function readAgain(
    turn: Assisted,
    asking: Asking,
    stage: Stage,
    progress: Progress,
    stop: AbortSignal,
  ): Promise<void> {
    const messages = messagesOf(prompts.understand, understandText(asking));
    announce(messages, READING_TOKENS, stage, progress);
    let written = '';
    const request = { messages, schema: readingSchema, maxTokens: READING_TOKENS, client: turn.client };
    for await (const piece of llm.chat({ ...request, budgetMs: deps.budgetMs, signal: stop }))
      written += piece;
    stop.throwIfAborted();
    const reading = readingOf(written);
    if (!reading || reading.asks_for === 'talk') return;
    const { list } = turn;
    const before = list.current();
    const intent = mergedIntent(before.found.intent, reading, {
      question: [...asking.earlier.questions, asking.question].join(' '),
      before: list.before?.intent,
    });
    if (JSON.stringify(intent) === JSON.stringify(before.found.intent)) return;
    const after = await list.find(intent, stop);
    const { cards } = after.draft;
    const text = cards.flatMap(({ bib }) => [
      bib.title.text,
      bib.summary ?? '',
      ...bib.subjects.map((one) => one.text),
      ...bib.genres,
    ]);
    const isBetter =
      cards.length > 0 &&
      (after.found.relaxed.length === 0 || before.found.relaxed.length > 0) &&
      after.found.confidence >= before.found.confidence &&
      isShowable(intent.topic, [...asking.earlier.questions, asking.question].join(' '), text.join(' '));
    if (!isBetter) return;
    progress.isUsed = true;
    progress.confidence = after.draft.confidence;
    await stage.show(list.replace(after), turn.wording.phrases.model.reread);
  }

  /** Has the model choose among the candidates, and puts what it says before the patron while it is said. */
  async function choose(
    turn: Assisted,
    asking: Asking,
    stage: Stage,
    progress: Progress,
    stop: AbortSignal,
  ): Promise<void> {
    const { list, wording } = turn;
    const { candidates, draft } = list.current();
    const maxTokens = promptTokens() - estimatedTokens(prompts.choose.system);
    const limits = { maxTokens, least: draft.cards.length, speech: deps.speech };
    const { text, count } = chooseText(candidates, asking, limits);
    const offered = candidates.slice(0, count);
    const scope = scopeOf(turn, asking, offered);
    const key = `${scope}\n${normalised(asking.question)}`;
    const presenter = createPresenter(offered, {
      ...{ stage, list, wording, speech: deps.speech, most: deps.cards },
      question: [...asking.earlier.questions, asking.question].join(' '),
    });
    try {
      const remembered = await answers.find(key);
      if (remembered) {
        await stage.think({ firstMs: 0, wholeMs: 0 });
        return await present(remembered, presenter);
      }
      const messages = messagesOf(prompts.choose, text);
      announce(messages, CHOICE_TOKENS, stage, progress);
      const choice = await chosen(messages, count, turn.client, presenter, stop);
      // Whoever left meanwhile leaves no answer behind for others.
      stop.throwIfAborted();
      await answers.keep(key, choice);
      deps.similar[turn.locale].remember(scope, asking.question, choice);
    } catch (error) {
      if (stop.aborted || !isAway(error) || presenter.seen().picks) throw error;
      const near = deps.similar[turn.locale].find(scope, asking.question);
      if (!near) throw error;
      if (!progress.isAnnounced) await stage.think({ firstMs: 0, wholeMs: 0 });
      progress.isAnnounced = true;
      await present(near, presenter);
      if (!presenter.seen().isUsed) throw error;
      await stage.say(wording.phrases.model.similar);
    } finally {
      const { isUsed, picks } = presenter.seen();
      progress.isUsed ||= isUsed;
      if (picks) progress.confidence = agreed(progress.confidence, picks, draft.cards.length);
    }
  }

  async function chosen(
    messages: readonly ChatMessage[],
    count: number,
    client: string,
    presenter: Presenter,
    stop: AbortSignal,
  ): Promise<Choice> {
    const reader = choiceReader(count);
    let picks: string | undefined;
    let reply = '';
    const pieces = readJsonPieces({
      onValue: (name, json) => void (name === 'picks' && (picks = json)),
      onText: (name, soFar) => void (name === 'reply' && (reply = soFar)),
    });
    const request = { messages, schema: choiceSchema(count), maxTokens: CHOICE_TOKENS, client };
    for await (const piece of llm.chat({ ...request, budgetMs: deps.budgetMs, signal: stop })) {
      stop.throwIfAborted();
      pieces.push(piece);
      if (picks !== undefined && presenter.seen().picks === undefined) {
        const numbers = reader.picks(picks);
        if (!numbers) throw new UnreadableAnswer();
        await presenter.order(numbers);
      }
      await presenter.grow(reply);
    }
    stop.throwIfAborted();
    const choice = reader.whole(pieces.whole());
    if (!choice) throw new UnreadableAnswer();
    await presenter.finish(choice);
    return choice;
  }

  /**
   * All that an answer depends on besides the question's words. The talk before is part of it, so that what is
   * remembered was made from nothing but these records and the words of an equal question.
   */
  function scopeOf(turn: Assisted, asking: Asking, offered: readonly { bib: { id: string } }[]): string {
    return JSON.stringify([
      ...['choice', llm.id, prompts.choose.version, deps.catalogueVersion(), turn.locale, deps.cards],
      offered.map((card) => card.bib.id),
      asking.earlier,
    ]);
  }

  async function outcomeWithout(
    error: unknown,
    turn: Assisted,
    stage: Stage,
    progress: Progress,
  ): Promise<Outcome> {
    const declined = error instanceof LlmDeclined ? error : undefined;
    const absence = absenceOf(error);
    if (absence === 'failed') degraded.publish({ step: 'model', error });
    if (progress.isUsed) return outcomeOf(progress, null);
    const { phrases } = turn.wording;
    if (absence === 'busy') {
      const seconds =
        declined?.waitMs === undefined ? undefined : Math.max(1, Math.ceil(declined.waitMs / 1000));
      const line =
        seconds === undefined
          ? phrases.model.busy
          : turn.wording.plural(phrases.model.busy_seconds, seconds, { seconds });
      await stage.say(line);
      return outcomeOf(progress, absence, declined?.waitMs);
    }
    if (progress.isAnnounced) await stage.say(phrases.model.gone);
    return outcomeOf(progress, absence);
  }
}

/** One piece is as good as many: what is remembered goes the way that a fresh answer goes. */
async function present(choice: Choice, presenter: Presenter): Promise<void> {
  await presenter.order(choice.picks);
  await presenter.finish(choice);
}

function messagesOf(prompt: Prompt, text: string): ChatMessage[] {
  return [
    { role: 'system', text: prompt.system },
    { role: 'user', text },
  ];
}

function outcomeOf(progress: Progress, absence: ModelAbsence | null, waitMs?: number): Outcome {
  return {
    confidence: progress.confidence,
    model: {
      used: progress.isUsed,
      absence: progress.isUsed ? null : absence,
      wait_ms: waitMs === undefined ? null : Math.round(waitMs),
    },
  };
}

function isAway(error: unknown): boolean {
  return error instanceof LlmDeclined && (error.reason === 'busy' || error.reason === 'away');
}

function absenceOf(error: unknown): ModelAbsence {
  if (error instanceof DeadlineError) return 'away';
  if (!(error instanceof LlmDeclined)) return 'failed';
  if (error.reason === 'too_long' || error.reason === 'cut') return 'failed';
  return error.reason;
}

/** A reader who would have shown the same first book makes it surer; one who finds none of them fitting, less sure. */
function agreed(confidence: number, picks: readonly number[], shown: number): number {
  if (picks.includes(1)) return confidence + (1 - confidence) * 0.15;
  return picks.some((number) => number <= shown) ? confidence : confidence * 0.7;
}
