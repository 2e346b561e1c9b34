import type { Availability } from '../../contract/availability.js';
import { onlineStateOf } from './availability.js';
import { withLenders } from './lender-accounts.js';
import type { IlsRecord } from './record.js';
import type { ShieldedIls } from './shielded.js';

/**
 * `concerns` of a library system's shield. It has no word on what is behind a link alone, unless it knows the record by a
 * number of its own: records that it fed to the catalogue may come without their copies.
 */
export const isOfIls = ({ items, links, keys }: IlsRecord): boolean =>
  items.length > 0 || links.length === 0 || keys.ilsId !== undefined;
/** Lenders of e-copies know titles by ISBN and by link; `concerns` of their shields. */
export const isOfLenders = (record: IlsRecord): boolean => record.isbns.length > 0 || record.links.length > 0;

/**
 * The library's own system and its lenders of e-copies, each behind its own shield, as one: copies and patrons come from
 * the first; e-copies stand beside, and what patrons have at lenders where they are signed in too. Each source is told of
 * as soon as it has answered; none waits for another.
 */
export function combineIls({
  ils,
  lenders,
}: {
  ils: ShieldedIls;
  lenders: readonly ShieldedIls[];
}): ShieldedIls {
  if (lenders.length === 0) return ils;
  const sources = [ils, ...lenders];
  const withAccounts = lenders.flatMap(({ lender, patrons }) =>
    lender === undefined ? [] : [{ name: lender, patrons }],
  );
  const patrons =
    withAccounts.length > 0 && ils.source !== 'none' ? withLenders(ils.patrons, withAccounts) : undefined;
  return {
    source: ils.source === 'none' ? 'ils' : ils.source,
    name: ils.name,
    lends: true,
    peek: (id) =>
      merged(
        ils.peek(id),
        lenders.map((lender) => lender.peek(id)),
      ),
    async ask(recordIds, { signal, onEach }) {
      signal.throwIfAborted();
      const known = new Map<string, Availability>();
      const told = sources.map(() => new Map<string, Availability>());
      const asOf = (id: string): Availability => {
        const [own, ...lent] = sources.map(
          (source, n): Availability => told[n]?.get(id) ?? { ...source.peek(id), checking: true },
        );
        return merged(own as Availability, lent);
      };
      const asking = sources.map((source, n) =>
        source.ask(recordIds, {
          signal,
          onEach(id, availability) {
            told[n]?.set(id, availability);
            const now = asOf(id);
            known.set(id, now);
            onEach?.(id, now);
          },
        }),
      );
      await Promise.all(asking);
      return known;
    },
    branches: (asking) => ils.branches(asking),
    capabilities: (asking) => ils.capabilities(asking),
    patrons: patrons?.patrons ?? ils.patrons,
    ...(patrons && { lenderAccounts: patrons.accounts }),
    isReachable: () => sources.some((source) => source.source !== 'none' && source.isReachable()),
    async close() {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

/**
 * One record told by all. What stands on shelves gives the state; e-copies give it where there are no copies, but not
 * while the system that would know of copies cannot say.
 */
function merged(own: Availability, lent: readonly Availability[]): Availability {
  const ecopies = [own, ...lent].flatMap((one) => one.ecopies ?? []);
  const { checking: ownChecking, ...copies } = own;
  const isMute = own.source !== 'none' && own.asOf === null;
  const isByLenders = own.branches.length === 0 && !isMute;
  const lenders = lent.filter((one) => one.source !== 'none');
  const checking = ownChecking === true || (isByLenders && lenders.some((one) => one.checking));
  const rest = { ...(ecopies.length > 0 && { ecopies }), ...(checking && { checking }) };
  if (!isByLenders) return { ...copies, ...rest };
  const [oldest] = lenders
    .map((one) => one.asOf)
    .filter((at) => at !== null)
    .sort();
  return {
    ...copies,
    state: onlineStateOf(ecopies),
    asOf: oldest ?? own.asOf,
    stale: lenders.some((one) => one.stale) || (oldest === undefined && own.stale),
    source: own.source === 'none' ? 'ils' : own.source,
    ...rest,
  };
}
