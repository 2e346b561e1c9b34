import { getLlama, getLlamaGpuTypes, LlamaLogLevel } from 'node-llama-cpp';

/** Run as a process of its own: writes the GPUs that llama.cpp can use as JSON, and ends. */
const found = [];
for (const kind of await getLlamaGpuTypes('supported')) {
  if (kind === false) continue;
  const llama = await getLlama({
    gpu: kind,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.disabled,
  }).catch(() => undefined); // A kind that does not open here is not listed; that is the answer, not a fault.
  if (llama === undefined || llama.gpu !== kind) continue;
  const { total, free } = await llama.getVramState();
  if (total > 0) {
    found.push({ kind, names: await llama.getGpuDeviceNames(), memory_bytes: total, free_bytes: free });
  }
  await llama.dispose();
}
process.stdout.write(JSON.stringify(found), () => process.exit(0));
