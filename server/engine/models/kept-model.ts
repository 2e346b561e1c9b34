import { systemClock, type Clock } from '../cache/clock.js';

/** How a model that is opened in the background is, for `/health/ready` and staff. */
export interface KeptModelState {
  state: 'off' | 'starting' | 'ready' | 'failing';
  /** Id of the open model; null until it is open. */
  model: string | null;
  /** Why it cannot be used, as one sentence; null when it can. */
  trouble: string | null;
}

/** A model that is opened beside everything else. */
export interface KeptModel {
  state(): KeptModelState;
  /** Gives up opening; what is open stays so until `close`. */
  giveUp(): void;
  close(): Promise<void>;
}

/**
 * Opens a model without making anybody wait for it; `onOpen` is told once, `onTrouble` the first time that it could not
 * be opened. It is tried again every `retryMs`, unless `isFinal` says that nothing would change (a file that is no model).
 */
export function keepModel<T extends { readonly id: string; close(): Promise<void> }>(options: {
  open: ((signal: AbortSignal) => Promise<T>) | undefined;
  onOpen: (model: T) => void;
  onTrouble: (error: unknown) => void;
  retryMs: number;
  isFinal?: (error: unknown) => boolean;
  clock?: Clock;
}): KeptModel {
  const { open, clock = systemClock, retryMs, isFinal = () => false } = options;
  const closing = new AbortController();
  let opened: T | undefined;
  let trouble: string | null = null;

  async function opening(): Promise<void> {
    if (!open) return;
    while (!closing.signal.aborted) {
      let model: T;
      try {
        model = await open(closing.signal);
      } catch (error) {
        if (closing.signal.aborted) return;
        if (trouble === null) options.onTrouble(error);
        trouble = error instanceof Error ? error.message : 'It could not be opened.';
        if (isFinal(error)) return;
        await clock.after(retryMs, closing.signal).catch(() => undefined);
        continue;
      }
      opened = model;
      trouble = null;
      // Whoever closes wants nothing begun with it.
      if (!closing.signal.aborted) options.onOpen(model);
      return;
    }
  }
  const done = opening();

  return {
    state() {
      if (!open) return { state: 'off', model: null, trouble: null };
      if (opened) return { state: 'ready', model: opened.id, trouble: null };
      return { state: trouble === null ? 'starting' : 'failing', model: null, trouble };
    },
    giveUp: () => closing.abort(),
    async close() {
      closing.abort();
      await done;
      await opened?.close();
    },
  };
}
