import type { Config } from '../config.js';
import { Locale } from '../contract/vocabulary.js';
import type { Bib } from '../engine/catalogue/bib.js';
import { openCatalogue } from '../engine/catalogue/catalogue.js';
import { openRecords } from '../engine/catalogue/records.js';
import { knowledgeDirsOf, requireKnowledge } from '../engine/knowledge-check.js';
import { openSearch } from '../engine/retrieval/open-search.js';
import type { Found, Hit } from '../engine/retrieval/search.js';
import { optionLines, type CommandOption, type CommandOutput } from './output.js';

export const searchOptions = {
  limit: { type: 'string', value: 'N', means: 'records to list, 1 to 100 (default: 10)' },
  locale: { type: 'string', value: 'en|es', means: 'language of the chips (default: en)' },
  plain: { type: 'boolean', means: 'search the words as typed, understand nothing' },
  json: { type: 'boolean', means: 'answer as JSON, for programs' },
} as const satisfies Record<string, CommandOption>;

export const searchHelp = `carrel search WORDS... [options]

Asks the catalogue as a patron would and shows what was understood, what was found and why.

  carrel search cosy mysteries in large print
  carrel search "libros para niños de 7 años"

${optionLines(searchOptions)}`;

/** Runs `carrel search`. Answers the exit status: 0 found, 1 nothing found or no catalogue, 2 not understood. */
export async function searchCommand(command: {
  config: Pick<Config, 'dataDir'>;
  positionals: readonly string[];
  values: { limit?: string; locale?: string; plain?: boolean; json?: boolean };
  output: CommandOutput;
  signal: AbortSignal;
}): Promise<number> {
  const { output, values } = command;
  const text = command.positionals.join(' ').trim();
  const limit = Number(values.limit ?? 10);
  const locale = Locale.safeParse(values.locale ?? 'en');
  if (text === '' || !Number.isInteger(limit) || limit < 1 || limit > 100 || !locale.success) {
    output.problem(
      'Say what to search for, a --limit of 1 to 100 and a --locale of en or es; carrel search --help.',
    );
    return 2;
  }
  const { dataDir } = command.config;
  const catalogue = await openCatalogue({ dataDir });
  const live = catalogue.current();
  if (live === undefined) {
    catalogue.close();
    output.problem(catalogue.unusable() ?? 'There is no catalogue yet; carrel import FILE puts one in.');
    return 1;
  }
  requireKnowledge(dataDir);
  const knowledgeDirs = knowledgeDirsOf(dataDir);
  const search = await openSearch({ cataloguePath: live.path, workers: 1, maxQueue: 1, knowledgeDirs });
  const records = openRecords({ catalogue });
  try {
    const question = { text, locale: locale.data, plain: values.plain ?? false, offset: 0, limit };
    const found = await search.search(question, { signal: command.signal });
    const bibs = await records.listRecords(found.hits.map((hit) => hit.id));
    output.write(
      values.json ? `${JSON.stringify({ ...found, records: bibs }, null, 2)}\n` : listing(found, bibs),
    );
    return found.hits.length > 0 ? 0 : 1;
  } finally {
    await search.close();
    await records.close();
    catalogue.close();
  }
}

function listing(found: Found, bibs: readonly Bib[]): string {
  const byId = new Map(bibs.map((bib) => [bib.id, bib]));
  const chips = found.chips.map((chip) => chip.label).join(' · ');
  const lines = [
    ...(chips === '' ? [] : [`Understood: ${chips}`]),
    ...found.corrected.map(({ from, to }) => `Read "${from}" as "${to}"`),
    ...(found.relaxed.length === 0
      ? []
      : [`Nothing met: ${found.relaxed.map((chip) => chip.label).join(' · ')}; the nearest are`]),
    `${found.total >= 1000 ? '1,000 or more' : found.total} found`,
    '',
    ...found.hits.flatMap((hit, i) => entry(i + 1, hit, byId.get(hit.id))),
  ];
  return `${lines.join('\n')}\n`;
}

function entry(place: number, hit: Hit, bib: Bib | undefined): string[] {
  if (bib === undefined) return [];
  const author = bib.contributors[0]?.text;
  const facts = [author, bib.year, bib.format.replace('_', ' ')]
    .filter((fact) => fact !== undefined)
    .join(', ');
  const call = bib.items[0]?.callNumber ?? bib.callNumber;
  const why = hit.evidence[0];
  return [
    `${String(place).padStart(3)}. ${bib.title.original ?? bib.title.text}`,
    `     ${facts}${call === undefined ? '' : `  [${call}]`}  (${bib.id})`,
    ...(why === undefined ? [] : [`     ${why.field}: ${why.text}`]),
  ];
}
