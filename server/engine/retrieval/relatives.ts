import { fold } from '../../lib/fold.js';
import type { CatalogueFile } from './catalogue-file.js';
import type { Evidence, Hit } from './search.js';

/** What stands near a record: books like it, and the one that follows it. */
export interface Relatives {
  similar(recordId: string, limit: number): Hit[];
  nextInSeries(recordId: string): Hit | undefined;
}

const share = { heading: 0.08, series: 0.12, audience: 0.05 } as const;

/** Relatives over an open catalogue file. */
export function createRelatives(file: CatalogueFile): Relatives {
  const { facts, index } = file;

  const hit = (row: number, score: number, evidence: Evidence[]): Hit[] => {
    const id = file.idOf(row);
    return id === undefined ? [] : [{ id, score, evidence }];
  };

  /** Rows near one: by vector where there are vectors, else by the headings it shares. */
  const nearRows = (row: number): Map<number, number> => {
    const vector = index.vectorOf(row);
    if (vector) return new Map(index.nearest(vector, { limit: 200 }).map((one) => [one.row, one.score]));
    const near = new Map<number, number>();
    for (const heading of facts.valuesOf('heading', row)) {
      let taken = 0;
      for (const other of facts.having('heading', heading).rows()) {
        if (taken++ > 200) break;
        near.set(other, (near.get(other) ?? 0) + 0.2);
      }
    }
    return near;
  };

  return {
    similar(recordId, limit) {
      const row = file.rowOf(recordId);
      if (row === undefined) return [];
      const self = facts.fact(row);
      const headings = new Set(facts.valuesOf('heading', row));
      const series = new Set(file.seriesOf(row).map(({ key }) => key));
      const scored = [...nearRows(row)].flatMap(([other, cosine]) => {
        const fact = facts.fact(other);
        if (other === row || !fact || fact.work === self?.work) return [];
        const shared = facts.valuesOf('heading', other).filter((heading) => headings.has(heading));
        const sameSeries = file.seriesOf(other).filter(({ key }) => series.has(key));
        const score =
          cosine +
          share.heading * Math.min(3, shared.length) +
          (sameSeries.length > 0 ? share.series : 0) +
          (fact.audience === self?.audience ? share.audience : 0);
        return [{ row: other, score, shared, sameSeries, work: fact.work }];
      });
      scored.sort((a, b) => b.score - a.score || a.row - b.row);
      const works = new Set<string>();
      return scored
        .filter(({ work }) => !works.has(work) && works.add(work))
        .slice(0, limit)
        .flatMap(({ row: other, score, shared, sameSeries }) =>
          hit(other, score, reasons(other, shared, sameSeries)),
        );
    },
    nextInSeries(recordId) {
      const row = file.rowOf(recordId);
      if (row === undefined) return undefined;
      for (const { name, volume } of file.seriesOf(row)) {
        if (volume === null) continue;
        const self = facts.fact(row);
        const later = file.known
          .seriesRows(name)
          .filter((entry) => entry.volume !== null && entry.volume > volume)
          .map((entry) => ({
            row: entry.row,
            volume: entry.volume ?? 0,
            same: facts.fact(entry.row)?.format === self?.format,
          }))
          .sort((a, b) => a.volume - b.volume || Number(b.same) - Number(a.same) || a.row - b.row);
        const [next] = later;
        if (next) return hit(next.row, 1, [{ field: 'series', text: name, quotes: [name] }])[0];
      }
      return undefined;
    },
  };

  function reasons(
    row: number,
    shared: readonly string[],
    sameSeries: readonly { name: string }[],
  ): Evidence[] {
    const bib = file.bib(row);
    if (!bib) return [];
    const out: Evidence[] = sameSeries
      .slice(0, 1)
      .map(({ name }) => ({ field: 'series', text: name, quotes: [name] }));
    const wanted = new Set(shared);
    const headings = [
      ...bib.subjects.map((s) => ['subject', s.text] as const),
      ...bib.genres.map((g) => ['genre', g] as const),
    ];
    for (const [field, text] of headings) {
      if (wanted.has(fold(text).replace(/\.$/, '')) && out.length < 3)
        out.push({ field, text, quotes: [text] });
    }
    if (out.length === 0) {
      const text = headings[0]?.[1];
      if (text !== undefined) out.push({ field: 'similar', text, quotes: [text] });
    }
    return out;
  }
}
