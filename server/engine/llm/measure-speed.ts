import type { LocalChatModel } from '../models/model.js';
import { openLlamaHost, type LlamaHostOptions } from './llama-host.js';

/** What a model does on this machine, as `carrel doctor` tells it. */
export interface ModelSpeed {
  /** Tokens a second; null when the time was too short to tell. */
  readingPerSecond: number | null;
  writingPerSecond: number | null;
  device: string;
  /** Layers in the GPU's memory, of all. */
  gpuLayers: number;
  layers: number;
  threads: number;
  loadMs: number;
  /** Where it ran and why, as one sentence. */
  why: string;
}

/** Enough to be past the start, little enough for a slow machine. */
const TOKENS = { readTokens: 256, writeTokens: 48 };

/**
 * Loads a model in a process of its own and measures it for at most `limitMs` (default 20 s), loading included. Throws
 * LlmDeclined `away` when it cannot be loaded, a TimeoutError when loading alone takes longer, and the signal's reason.
 */
export async function measureSpeed(
  model: LocalChatModel,
  options: Pick<LlamaHostOptions, 'gpu' | 'threads' | 'checkFile'> & {
    limitMs?: number;
    signal: AbortSignal;
  },
): Promise<ModelSpeed> {
  const { signal, limitMs = 20_000, ...host } = options;
  const end = Date.now() + limitMs;
  const opened = openLlamaHost({ model, ...host, sequences: 1 });
  try {
    const facts = await opened.ready(AbortSignal.any([signal, AbortSignal.timeout(limitMs)]));
    const left = Math.max(500, end - Date.now());
    const speed = await opened.measure({ ...TOKENS, limitMs: left }, signal);
    const { device, gpuLayers, layers, threads, loadMs, why } = facts;
    return {
      readingPerSecond: speed.reading,
      writingPerSecond: speed.writing,
      device,
      gpuLayers,
      layers,
      threads,
      loadMs,
      why,
    };
  } finally {
    await opened.close();
  }
}
