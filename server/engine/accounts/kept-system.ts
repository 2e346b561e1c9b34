import type { OpenedSource } from '../settings/sources.js';

/**
 * Which system a patron's number belongs to. At another address it may mean another person: what was kept is then not
 * found, rather than shown to a stranger. Undefined: the demonstration.
 */
export function keptSystemOf(source: OpenedSource | undefined): string {
  if (source === undefined) return 'demo';
  const { url, host, port, institution } = source.settings;
  return JSON.stringify([source.kind, url ?? null, host ?? null, port ?? null, institution ?? null]);
}
