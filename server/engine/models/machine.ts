import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { freeBytesAt } from './model-files.js';
import { machineMemory } from './model-store.js';

export const Gpu = z.object({
  kind: z.enum(['cuda', 'vulkan', 'metal']),
  names: z.array(z.string()),
  memory_bytes: z.number(),
  free_bytes: z.number(),
});
export type Gpu = z.infer<typeof Gpu>;

/** What a machine brings, as `carrel doctor` tells it. */
export const Machine = z.object({
  processor: z.string(),
  cores: z.int(),
  /** Instructions that models run faster with: avx2, avx512, neon. */
  instructions: z.array(z.string()),
  memory_bytes: z.number(),
  memory_free_bytes: z.number(),
  disk_free_bytes: z.number(),
  gpus: z.array(Gpu),
  /** Why no GPU is listed, as one sentence. */
  gpu_note: z.string(),
  /** Measured copy of memory that no cache holds, read and written counted; null when it was not measured. */
  memory_bytes_per_second: z.number().nullable(),
});
export type Machine = z.infer<typeof Machine>;

const LOOK_MS = 20_000;
const LONGEST_LOOK = 64 * 1024;

/** Looks at this machine; nothing is measured yet. */
export async function lookAtMachine(options: { dataDir: string; signal: AbortSignal }): Promise<Machine> {
  const { totalBytes, freeBytes } = machineMemory();
  const gpu = await lookAtGpus(options);
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    instructions: instructionsIn(
      existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '',
      process.arch,
    ),
    memory_bytes: totalBytes,
    memory_free_bytes: freeBytes,
    disk_free_bytes: await freeBytesAt(nearest(options.dataDir)),
    gpus: gpu.gpus,
    gpu_note: gpu.note,
    memory_bytes_per_second: null,
  };
}

/** Which of the instructions that matter a processor has, from what Linux says of it. */
export function instructionsIn(cpuinfo: string, arch: string): string[] {
  const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1]?.split(/\s+/) ?? []);
  const found = [
    ...(flags.has('avx2') ? ['avx2'] : []),
    ...(flags.has('avx512f') ? ['avx512'] : []),
    ...(flags.has('avx512_vnni') || flags.has('avx_vnni') ? ['vnni'] : []),
    ...(flags.has('asimddp') ? ['dotprod'] : []),
  ];
  // Every 64-bit ARM has NEON; Linux calls it asimd.
  return arch === 'arm64' ? ['neon', ...found] : found;
}

/**
 * Asks llama.cpp for GPUs in a process of its own: a driver that ends its process, or hangs, costs nothing here. `look` is
 * the program to run, for tests.
 */
export async function lookAtGpus(
  options: { signal: AbortSignal },
  look: string = fileURLToPath(new URL('./gpu-look.js', import.meta.url)),
  limitMs = LOOK_MS,
): Promise<{ gpus: Gpu[]; note: string }> {
  const child = spawn(process.execPath, [look], { stdio: ['ignore', 'pipe', 'ignore'] });
  const stop = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(stop, limitMs);
  options.signal.addEventListener('abort', stop, { once: true });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    if (text.length < LONGEST_LOOK) text += piece;
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    options.signal.throwIfAborted();
    const gpus = code === 0 ? Gpu.array().safeParse(JSON.parse(text || 'null')) : undefined;
    if (gpus?.success !== true) {
      return {
        gpus: [],
        note: 'Looking for a GPU failed: its driver may be damaged. The processor is used.',
      };
    }
    const note =
      gpus.data.length > 0 ? '' : 'No GPU that llama.cpp can use was found; the processor is used.';
    return { gpus: gpus.data, note };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', stop);
  }
}

function nearest(dir: string): string {
  return existsSync(dir) ? dir : nearest(dirname(dir));
}
