import type { Chip } from '../../../contract/intent.js';

/** A chip's words as they stand alone: kinds of things come as they are said within a sentence ("book"). */
export function chipLabel({ kind, label }: Chip, locale: string): string {
  if (kind !== 'format') return label;
  const first = [...label][0] ?? '';
  return first.toLocaleUpperCase(locale) + label.slice(first.length);
}
