import { z } from 'zod';
import { atMost } from '../at-most.js';
import type { KohaApi } from './api.js';
import { operations, type Operation } from './operations.js';
import type { RefusedForNow } from './refused-for-now.js';
import { Id, listRows, MaybeId, readRow, Text } from './rows.js';

export const BiblioTitle = z.object({
  biblio_id: Id,
  title: Text,
  subtitle: Text,
  author: Text,
});
export type BiblioTitle = z.infer<typeof BiblioTitle>;
export const LentItem = z.object({
  item_id: Id,
  biblio_id: MaybeId,
  external_id: Text,
  callnumber: Text,
  biblio: BiblioTitle.partial({ biblio_id: true }).nullish(),
});
export type LentItem = z.infer<typeof LentItem>;

/** What loans and holds are called: Koha tells it neither with the one nor with the other. */
export interface KohaTitles {
  ofBiblios(biblioIds: readonly string[], signal: AbortSignal): Promise<Map<string, BiblioTitle>>;
  ofItems(itemIds: readonly string[], signal: AbortSignal): Promise<Map<string, LentItem>>;
}

/** Koha repeats the question four times in a header of its answer, which must not grow too long. */
const AT_ONCE = 25;

/** Nothing is known of those that Koha refuses to show. */
export function createKohaTitles(deps: {
  api: KohaApi;
  refused: RefusedForNow;
  concurrency: number;
}): KohaTitles {
  const { api, refused } = deps;

  /** One by one, for a Koha that has no list to ask. */
  const singly = async <Row>(
    operation: Operation,
    ids: readonly string[],
    signal: AbortSignal,
    schema: z.ZodType<Row>,
  ): Promise<Row[]> => {
    if (!(await api.spec(signal)).offers(operation)) return [];
    const rows = await atMost(deps.concurrency, ids, signal, (id, inner) =>
      refused.unlessRefused(operation, async () => {
        const answer = await api.ask(operation, { ids: [id], also: [404], signal: inner });
        return answer.status === 404 ? undefined : readRow(answer, schema);
      }),
    );
    return rows.filter((row) => row !== undefined);
  };

  const listed = async <Row>(
    [operation, single]: readonly [Operation, Operation],
    field: 'biblio_id' | 'item_id',
    ids: readonly string[],
    signal: AbortSignal,
    schema: z.ZodType<Row>,
    embed: readonly string[] = [],
  ): Promise<Row[]> => {
    if (ids.length === 0) return [];
    if (!(await api.spec(signal)).takes(operation, 'q')) return singly(single, ids, signal, schema);
    const rows: Row[] = [];
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const q = JSON.stringify(ids.slice(at, at + AT_ONCE).map((id) => ({ [field]: Number(id) })));
      const found = await refused.unlessRefused(operation, () =>
        listRows(api, operation, { query: { q }, embed, orderBy: field, signal }, schema),
      );
      rows.push(...(found ?? []));
    }
    return rows;
  };

  return {
    async ofBiblios(biblioIds, signal) {
      const rows = await listed(
        [operations.biblios, operations.biblio],
        'biblio_id',
        [...new Set(biblioIds)],
        signal,
        BiblioTitle,
      );
      return new Map(rows.map((row) => [row.biblio_id, row]));
    },
    async ofItems(itemIds, signal) {
      const embed = (await api.spec(signal)).embeds(operations.itemList, ['biblio']);
      const rows = await listed(
        [operations.itemList, operations.item],
        'item_id',
        [...new Set(itemIds)],
        signal,
        LentItem,
        embed,
      );
      return new Map(rows.map((row) => [row.item_id, row]));
    },
  };
}

/** Title and subtitle as patrons read them; "" where Koha does not tell. */
export function titleText(
  biblio: { title?: string | undefined; subtitle?: string | undefined } | undefined,
): string {
  const parts = [biblio?.title, biblio?.subtitle].map((part) => part?.replace(/\s*[/:;=]\s*$/, ''));
  return parts.filter((part) => part !== undefined && part !== '').join(': ');
}
