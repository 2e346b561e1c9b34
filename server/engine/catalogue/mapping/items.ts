import type { Bib, HeldItem } from '../bib.js';
import type { ItemStatus } from '../../../contract/vocabulary.js';
import { subfield, type MarcField } from '../formats/marc-record.js';
import type { ItemProfile, MarcKnowledge } from './knowledge.js';
import type { RecordFields } from './record-fields.js';

type Holding = Pick<Bib, 'items' | 'suppressed'> & { ilsId?: string };

/**
 * Copies of a record as its system exports them. `profile` names one of data/knowledge/marc/item-profiles.yaml;
 * without one, each record is read by the first profile whose fields it has. Throws a RangeError for an unknown name.
 */
export function createItemReader({ itemProfiles }: MarcKnowledge, profile?: string) {
  const named = profile === undefined ? undefined : itemProfiles[profile];
  if (profile !== undefined && named === undefined) {
    throw new RangeError(`No item profile "${profile}"; there are ${Object.keys(itemProfiles).join(', ')}.`);
  }
  const candidates =
    named === undefined ? Object.values(itemProfiles).filter((p) => p.when !== undefined) : [named];

  return (record: RecordFields, id: string): Holding => {
    const chosen = named ?? candidates.find((p) => fits(record, p));
    const ilsId = ilsIdOf(record, chosen);
    if (chosen === undefined) return { items: [], suppressed: isSuppressed(record, candidates[0]), ...ilsId };
    const items = record.all(chosen.tag).flatMap((field, n) => itemOf(field, chosen, `${id}:${n + 1}`) ?? []);
    return { items, suppressed: isSuppressed(record, chosen), ...ilsId };
  };
}

function fits(record: RecordFields, { when }: ItemProfile): boolean {
  if (when === undefined) return false;
  if (when.beside !== undefined && record.first(when.beside) === undefined) return false;
  const has = (field: MarcField, code: string) => subfield(field, code) !== undefined;
  return record
    .all(when.tag)
    .some(
      (f) => when.all.every((c) => has(f, c)) && (when.any.length === 0 || when.any.some((c) => has(f, c))),
    );
}

/** A record without copies may still carry its number, such as Koha's 999 $c. */
function ilsIdOf(record: RecordFields, profile: ItemProfile | undefined): { ilsId?: string } {
  // A harvest from the system itself knows the number, and marks it as its own.
  const told = record.all('999').find((field) => subfield(field, '2') === 'carrel');
  if (told !== undefined) return { ilsId: subfield(told, 'c') ?? '' };
  const place = profile?.ils_id ?? (profile === undefined ? { tag: '999', code: 'c' } : undefined);
  const value = place && subfield(record.first(place.tag), place.code);
  if (value === undefined || (profile === undefined && !/^\d+$/.test(value))) return {};
  return { ilsId: value };
}

function isSuppressed(record: RecordFields, profile: ItemProfile | undefined): boolean {
  const rule = profile?.suppressed;
  if (rule === undefined) return false;
  return record.all(rule.tag).some((f) => rule.values.includes(subfield(f, rule.code) ?? ''));
}

function itemOf(field: MarcField, profile: ItemProfile, fallbackId: string): HeldItem | undefined {
  const pick = (codes: readonly string[]) => {
    for (const code of codes) {
      const value = subfield(field, code);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  if (profile.hidden?.values.includes(pick([profile.hidden.code]) ?? '') === true) return undefined;
  const branchId = pick(profile.branch);
  const barcode = pick(profile.barcode);
  const callNumber = [pick(profile.call_number), pick(profile.call_number_rest)].filter(Boolean).join(' ');
  const location = pick(profile.location);
  if (branchId === undefined && barcode === undefined && callNumber === '' && location === undefined)
    return undefined;
  const itemType = pick(profile.item_type);
  const { status, raw } = statusOf(field, profile);
  return {
    itemId: pick(profile.item_id) ?? fallbackId,
    branchId: branchId ?? 'main',
    ...(location !== undefined && { location }),
    ...(callNumber !== '' && { callNumber }),
    ...(barcode !== undefined && { barcode }),
    ...(itemType !== undefined && { itemType }),
    statusHint: status,
    ...(raw !== undefined && { rawStatus: raw }),
  };
}

function statusOf(field: MarcField, profile: ItemProfile): { status: ItemStatus; raw?: string } {
  for (const rule of profile.status) {
    const value = subfield(field, rule.code);
    if (value === undefined) continue;
    const applies =
      rule.values !== undefined
        ? rule.values.includes(value)
        : rule.below_zero
          ? value.startsWith('-')
          : value !== '0';
    if (applies) return { status: rule.status, raw: `${rule.code}=${value}` };
  }
  return { status: profile.otherwise };
}
