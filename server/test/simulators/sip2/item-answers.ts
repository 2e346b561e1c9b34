import { count, field, fields, type Sip2Request } from './message.js';
import { findPatron, institutionOf, isPinRight, type Sip2Library } from './patron-answers.js';
import type { Sip2Item, Sip2Patron } from './state.js';

const LOAN_MS = 14 * 86_400_000;

/** 18 to a 17. Of an item that is not known only the barcode comes back, with an empty title: no code says so. */
export function itemInformation(library: Sip2Library, request: Sip2Request): string {
  const barcode = request.fields.get('AB') ?? '';
  const item = library.state.items.get(barcode);
  const date = library.date(library.nowMs());
  if (!item)
    return `18010101${date}${fields([
      ['AB', barcode],
      ['AJ', ''],
    ])}`;
  const queue: [string, string][] = item.holds.length > 0 ? [['CF', String(item.holds.length)]] : [];
  const foreign: [string, string][] = library.faults.extraFields ? [['XA', '']] : [];
  return `18${item.status}0201${date}${fields([
    ['AB', barcode],
    ['AJ', item.title],
    ['CK', item.media],
    ['BG', item.owner],
    ...queue,
    ...due(library, item),
    ...item.more,
    ...foreign,
  ])}`;
}

/** 16 to a 15: `+` places, `-` cancels, `*` changes where it is fetched. */
export function hold(library: Sip2Library, request: Sip2Request): string {
  const { fields: asked } = request;
  const mode = request.fixed.slice(0, 1);
  const patron = findPatron(library, request);
  const item = findItem(library, asked.get('AB'), asked.get('AJ'));
  const own = item?.holds.find((one) => one.card === patron?.card);
  const no = refusal(library, request, patron, item) ?? whyNotHold(mode, patron, item, own);
  if (no !== undefined || !item || !patron)
    return answer16(library, request, item, { ok: false, said: no ?? '' });

  const pickup = asked.get('BS') ?? library.institution;
  if (mode === '-') item.holds = item.holds.filter((one) => one !== own);
  else if (own) own.pickup = pickup;
  else item.holds.push({ card: patron.card, pickup });
  if (mode === '-' && library.faults.cancelSaysNo)
    return answer16(library, request, item, { ok: false, said: 'No such hold on patron record.' });
  const position = item.holds.findIndex((one) => one.card === patron.card) + 1;
  return answer16(library, request, item, {
    ok: true,
    ...(mode === '-' ? { said: 'Hold Cancelled.' } : { position, pickup }),
  });
}

function whyNotHold(
  mode: string,
  patron: Sip2Patron | undefined,
  item: Sip2Item | undefined,
  own: object | undefined,
): string | undefined {
  if (mode !== '+') return own ? undefined : 'No such hold.';
  if (own) return 'Patron already has a hold on this item.';
  if (item?.chargedTo === patron?.card) return 'Item is checked out to this patron.';
  if (!item?.holdable) return 'Item cannot be held.';
  return patron?.status.charAt(3) === 'Y' ? 'Patron may not place holds.' : undefined;
}

function answer16(
  library: Sip2Library,
  request: Sip2Request,
  item: Sip2Item | undefined,
  outcome: { ok: boolean; said?: string; position?: number; pickup?: string },
): string {
  const { position, pickup, said } = outcome;
  const isFree = outcome.ok && item?.status === '03' && item.holds.length === 0;
  const head = `16${outcome.ok ? '1' : '0'}${isFree ? 'Y' : 'N'}${library.date(library.nowMs())}`;
  return (
    head +
    field('AA', request.fields.get('AA') ?? '') +
    (position === undefined ? '' : field('BR', String(position))) +
    (pickup === undefined ? '' : field('BS', pickup)) +
    field('AB', item?.barcode ?? request.fields.get('AB') ?? '') +
    field('AJ', item?.title ?? '') +
    field('AO', institutionOf(library, request)) +
    (said === undefined ? '' : field('AF', said))
  );
}

/** 30 to a 29. */
export function renew(library: Sip2Library, request: Sip2Request): string {
  const patron = findPatron(library, request);
  const item = findItem(library, request.fields.get('AB'), request.fields.get('AJ'));
  const no = refusal(library, request, patron, item) ?? whyNotRenew(patron, item);
  const head = (flags: string): string =>
    `30${flags}${library.date(library.nowMs())}${field('AO', institutionOf(library, request))}${fields([
      ['AA', request.fields.get('AA') ?? ''],
      ['AB', item?.barcode ?? request.fields.get('AB') ?? ''],
      ['AJ', item?.title ?? ''],
    ])}`;
  if (no !== undefined || !item) return `${head('0NUN')}${field('AH', '')}${field('AF', no ?? '')}`;
  lengthen(library, item);
  return `${head('1YNY')}${fields(due(library, item))}${field('CK', item.media)}`;
}

/** 66 to a 65. */
export function renewAll(library: Sip2Library, request: Sip2Request): string {
  const patron = findPatron(library, request);
  const date = library.date(library.nowMs());
  const ao = field('AO', institutionOf(library, request));
  const no = refusal(library, request, patron, undefined, false);
  if (no !== undefined) return `66000000000${date}${ao}${field('AF', no)}`;
  const lent = [...library.state.items.values()].filter((item) => item.chargedTo === patron?.card);
  const may = lent.filter((item) => whyNotRenew(patron, item) === undefined);
  const mayNot = lent.filter((item) => !may.includes(item));
  for (const item of may) lengthen(library, item);
  const named = (name: string, items: Sip2Item[]): string =>
    items.map((item) => field(name, item.barcode)).join('');
  return `661${count(may)}${count(mayNot)}${date}${ao}${named('BM', may)}${named('BN', mayNot)}`;
}

function whyNotRenew(patron: Sip2Patron | undefined, item: Sip2Item | undefined): string | undefined {
  if (!item || item.chargedTo !== patron?.card) return 'Item not checked out to patron.';
  if (patron?.status.charAt(1) === 'Y') return 'Patron may not renew.';
  if (item.holds.length > 0) return 'Item has outstanding holds.';
  return item.renewalsLeft < 1 ? 'Maximum renewals exceeded.' : undefined;
}

function lengthen(library: Sip2Library, item: Sip2Item): void {
  item.dueAt = Math.max(library.nowMs(), item.dueAt ?? 0) + LOAN_MS;
  item.renewalsLeft -= 1;
}

/** What stops any act for a patron on a copy. */
function refusal(
  library: Sip2Library,
  request: Sip2Request,
  patron: Sip2Patron | undefined,
  item: Sip2Item | undefined,
  needsItem = true,
): string | undefined {
  const pin = request.fields.get('AD');
  if (!patron) return 'Invalid patron barcode.';
  if ((library.needsPin || (pin ?? '') !== '') && !isPinRight(patron, pin, library.faults))
    return 'Invalid patron password.';
  return needsItem && !item ? 'No such item.' : undefined;
}

function findItem(library: Sip2Library, barcode = '', title = ''): Sip2Item | undefined {
  if (barcode !== '') return library.state.items.get(barcode);
  return title === '' ? undefined : [...library.state.items.values()].find((item) => item.title === title);
}

function due(library: Sip2Library, item: Sip2Item): [string, string][] {
  if (item.dueText !== undefined) return [['AH', item.dueText]];
  return item.dueAt === undefined ? [] : [['AH', library.date(item.dueAt)]];
}
