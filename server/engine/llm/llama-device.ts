import { getLlama, LlamaLogLevel, NoBinaryFoundError, type Llama, type LlamaModel } from 'node-llama-cpp';
import type { LlamaFacts, LlamaSettings } from './llama-messages.js';

export interface ChosenDevice {
  llama: Llama;
  /** Why it runs there, as the end of a sentence for staff. */
  because: string;
}

/**
 * Opens llama.cpp on the device that the settings ask for; a GPU that does not work here gives way to the processor.
 * Nothing is built and nothing fetched. `onError` hears llama.cpp's own error lines.
 */
export async function chooseDevice(
  settings: Pick<LlamaSettings, 'gpu' | 'gpuFell' | 'threads'>,
  onError: (line: string) => void,
): Promise<ChosenDevice> {
  const open = (gpu: 'auto' | 'cuda' | 'vulkan' | 'metal' | false): Promise<Llama> =>
    getLlama({
      gpu,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      maxThreads: settings.threads,
      logLevel: LlamaLogLevel.error,
      logger: (_level, line) => onError(line.trim()),
    });
  if (settings.gpu === 'off') {
    const because = settings.gpuFell
      ? 'because its process fell again and again where a GPU was tried'
      : 'because GPUs are switched off';
    return { llama: await open(false), because };
  }
  if (settings.gpu === 'auto') {
    const llama = await open('auto');
    const because = llama.gpu === false ? 'because no GPU was found that works' : 'because it works here';
    return { llama, because };
  }
  try {
    const llama = await open(settings.gpu);
    if (llama.gpu === settings.gpu) return { llama, because: 'as the settings ask' };
    await llama.dispose();
  } catch (error) {
    if (!(error instanceof NoBinaryFoundError)) throw error;
  }
  return {
    llama: await open(false),
    because: `because ${settings.gpu} was asked for and does not work here`,
  };
}

/** Where the model lies and why, in numbers and as one sentence. */
export async function describeDevice(
  { llama, because }: ChosenDevice,
  model: LlamaModel,
  threads: number,
): Promise<Pick<LlamaFacts, 'device' | 'deviceNames' | 'gpuLayers' | 'layers' | 'why'>> {
  const layers = model.fileInsights.totalLayers;
  const processor = threads === 1 ? 'the processor with 1 thread' : `the processor with ${threads} threads`;
  if (llama.gpu === false || model.gpuLayers === 0) {
    const why =
      llama.gpu === false ? because : `because not one layer fits into the free memory of ${llama.gpu}`;
    return { device: 'cpu', deviceNames: [], gpuLayers: 0, layers, why: `Runs on ${processor}, ${why}.` };
  }
  const deviceNames = await llama.getGpuDeviceNames();
  const named = deviceNames.length > 0 ? `${llama.gpu} (${deviceNames.join(', ')})` : llama.gpu;
  const where =
    model.gpuLayers >= layers
      ? `Runs on ${named} with all ${layers} layers, ${because}.`
      : `Runs on ${named} with ${model.gpuLayers} of ${layers} layers, as many as its free memory holds; the rest on ${processor}.`;
  return { device: llama.gpu, deviceNames, gpuLayers: model.gpuLayers, layers, why: where };
}
