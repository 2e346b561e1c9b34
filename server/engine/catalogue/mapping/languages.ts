import { subfield } from '../formats/marc-record.js';
import type { MarcKnowledge } from './knowledge.js';
import type { RecordFields } from './record-fields.js';

/** Reads language codes and names as ISO 639-2/B codes, dropping those that name no language. */
export function createLanguageReader({ languages }: MarcKnowledge) {
  const ignored = new Set(languages.not_languages);

  /** One code or name, such as "eng", "de", "fra", "Spanish"; undefined when it is none. */
  function language(text: string): string | undefined {
    const word = text.trim().toLowerCase();
    if (/^[a-z]{3}$/.test(word)) return ignored.has(word) ? undefined : (languages.replaced[word] ?? word);
    return languages.two_letters[word.split(/[-_]/)[0] ?? ''] ?? languages.names[word];
  }

  /** Codes of one 041 subfield; older records pack them: "engfrespa". */
  function packed(text: string): string[] {
    const codes = /^(?:[a-z]{3}){2,}$/.test(text) ? (text.match(/.{3}/g) ?? []) : text.split(/[\s,;/]+/);
    return codes.flatMap((code) => language(code) ?? []);
  }

  return {
    language,
    /** Languages of the text, its own (008/35-37) first, and of the originals it was translated from. */
    ofRecord(record: RecordFields, fixed: string): { languages: string[]; originalLanguages: string[] } {
      const found = new Set<string>();
      const originals = new Set<string>();
      const main = language(fixed.slice(35, 38));
      if (main !== undefined) found.add(main);
      for (const field of record.all('041')) {
        for (const { code, text } of field.subfields) {
          const word = text.trim().toLowerCase();
          if (code === 'a' || code === 'd') for (const one of packed(word)) found.add(one);
          else if (code === 'h') for (const one of packed(word)) originals.add(one);
        }
      }
      if (found.size === 0) {
        const named = language(subfield(record.first('377'), 'al') ?? '');
        if (named !== undefined) found.add(named);
      }
      return { languages: [...found], originalLanguages: [...originals] };
    },
  };
}
