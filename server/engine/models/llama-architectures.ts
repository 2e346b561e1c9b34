/**
 * Architectures that the installed node-llama-cpp knows by name, or undefined when it is not installed. Loads no native
 * code.
 */
export async function llamaArchitectures(): Promise<ReadonlySet<string> | undefined> {
  // A const enum cannot be read as an object by its type; the package exports one all the same.
  const llama = (await import('node-llama-cpp')) as unknown as {
    GgufArchitectureType?: Record<string, string>;
  };
  return llama.GgufArchitectureType && new Set(Object.values(llama.GgufArchitectureType));
}
