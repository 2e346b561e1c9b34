/**
 * Architectures that the installed node-llama-cpp knows by name, or undefined when it names none. Reads the one file of
 * it that lists them: the package as a whole would hold up the server for a third of a second, take 40 MB, and listen to
 * the process's signals.
 */
export async function llamaArchitectures(): Promise<ReadonlySet<string> | undefined> {
  const file = new URL('./gguf/types/GgufMetadataTypes.js', import.meta.resolve('node-llama-cpp'));
  const types = (await import(file.href)) as { GgufArchitectureType?: Record<string, string> };
  return types.GgufArchitectureType && new Set(Object.values(types.GgufArchitectureType));
}
