import { atMost } from '../at-most.js';
import type { Capabilities, Capability } from '../capabilities.js';
import { IlsFault } from '../ils-fault.js';
import type { KohaApi, KohaRequest } from './api.js';
import type { Ilsdi } from './ilsdi.js';
import { operations, type Operation } from './operations.js';
import { accountGrant } from './service-account.js';
import type { KohaSettings } from './settings.js';
import type { KohaSpec } from './spec.js';

const works: Capability = { works: true };
const noAccount: Capability = {
  works: false,
  because: 'Carrel has no account at this Koha.',
  grant: accountGrant('none'),
};
const PUBLIC_NOTE = 'By the public endpoints: what Koha hides in its OPAC stays hidden here too.';
/**
 * Harmless questions, one for each endpoint: about a record, patron or loan numbered 0, which no Koha has. Koha looks at
 * the permissions first, so any answer of its own but a refusal means that Carrel may ask.
 */
const probes: readonly { operation: Operation; request: Omit<KohaRequest, 'signal'> }[] = [
  { operation: operations.libraries, request: {} },
  { operation: operations.publicLibraries, request: { isPublic: true } },
  { operation: operations.items, request: { ids: [0] } },
  { operation: operations.publicItems, request: { ids: [0], isPublic: true } },
  { operation: operations.patron, request: { ids: [0] } },
  { operation: operations.checkouts, request: { query: { patron_id: 0, _match: 'exact' } } },
  { operation: operations.checkout, request: { ids: [0] } },
  { operation: operations.patronAccount, request: { ids: [0] } },
  { operation: operations.holds, request: { query: { patron_id: 0, _match: 'exact' } } },
  { operation: operations.pickupLocations, request: { ids: [0], query: { patron_id: 0 } } },
  // Not as MARC: one record that Koha cannot write would look like a Koha that cannot list any.
  { operation: operations.biblios, request: { query: { _per_page: 1 } } },
];

/** Finds out what this very Koha offers and grants. Rejects with IlsFault when it cannot say. */
export async function discover(
  { api, settings, ilsdi }: { api: KohaApi; settings: KohaSettings; ilsdi: Ilsdi | undefined },
  signal: AbortSignal,
): Promise<Capabilities> {
  const spec = await api.specAnew(signal);
  const found = new Map<Operation, Capability>();
  await atMost(settings.concurrency, probes, signal, async ({ operation, request }, inner) => {
    const closed = settings.auth === 'none' && request.isPublic !== true;
    found.set(
      operation,
      closed ? noAccount : await probe(api, spec, operation, { ...request, signal: inner }),
    );
  });
  const may = (operation: Operation): Capability => found.get(operation) ?? offered(spec, operation);
  const both = (...all: Capability[]): Capability => all.find((one) => !one.works) ?? works;
  const either = (staff: Capability, open: Capability): Capability =>
    staff.works ? staff : open.works ? { works: true, note: PUBLIC_NOTE } : staff;

  const embedded = may(operations.items).works
    ? spec.embeds(operations.items, ['first_hold', 'transfer'])
    : [];
  const asksHolds = may(operations.holds).works && spec.takes(operations.holds, 'biblio_id');
  const untold = [
    ...(embedded.includes('first_hold') || asksHolds ? [] : ['wait on the hold shelf']),
    ...(embedded.includes('transfer') ? [] : ['are on their way between branches']),
  ];
  const renewal = spec.offers(operations.renew) ? operations.renew : operations.renewFormerly;
  const parts = {
    loans: may(operations.checkouts),
    holds: may(operations.holds),
    fines: may(operations.patronAccount),
  };
  return {
    branches: either(may(operations.libraries), may(operations.publicLibraries)),
    availability: noted(
      either(may(operations.items), may(operations.publicItems)),
      untold.length > 0,
      `This Koha does not tell Carrel which copies ${untold.join(' or ')}: they look available.`,
    ),
    authenticate: untried(
      spec,
      [operations.validatePassword, operations.patron],
      both(await pinCheck(spec, ilsdi, signal), may(operations.patron)),
    ),
    account: accountOf(may(operations.patron), parts),
    renew: both(offered(spec, renewal), may(operations.checkout)),
    place_hold: untried(
      spec,
      [operations.placeHold, operations.holds],
      both(offered(spec, operations.placeHold), may(operations.pickupLocations), may(operations.holds)),
    ),
    cancel_hold: both(offered(spec, operations.cancelHold), may(operations.holds)),
    harvest: may(operations.biblios),
  };
}

/** By the REST API, else by ILS-DI where the library allows it. */
async function pinCheck(spec: KohaSpec, ilsdi: Ilsdi | undefined, signal: AbortSignal): Promise<Capability> {
  const listed = offered(spec, operations.validatePassword);
  if (listed.works || !ilsdi) return listed;
  return unlessRefused('ILS-DI', () => ilsdi.probe(signal));
}

async function probe(
  api: KohaApi,
  spec: KohaSpec,
  operation: Operation,
  request: KohaRequest,
): Promise<Capability> {
  const listed = offered(spec, operation);
  if (!listed.works) return listed;
  const permission = spec.permission(operation);
  return unlessRefused(
    nameOf(operation),
    () => api.ask(operation, { ...request, also: [400, 404] }),
    permission === undefined ? undefined : `Permission ${permission}`,
  );
}

async function unlessRefused(
  name: string,
  asking: () => Promise<unknown>,
  needed?: string,
): Promise<Capability> {
  try {
    await asking();
    return works;
  } catch (error) {
    if (!(error instanceof IlsFault) || error.kind === 'unreachable') throw error;
    const because = `Asked for ${name}, ${error.message}.`;
    if (error.kind !== 'refused') return { works: false, because };
    const grant = error.grant ?? needed;
    return { works: false, because, ...(grant !== undefined && { grant }) };
  }
}

function offered(spec: KohaSpec, operation: Operation): Capability {
  if (spec.offers(operation)) return works;
  return {
    works: false,
    because: `This Koha has no ${nameOf(operation)}.`,
    grant: 'A newer version of Koha',
  };
}

/** Says which permission nothing harmless can try out, where it is another than the one that was tried. */
function untried(
  spec: KohaSpec,
  [operation, tried]: readonly [Operation, Operation],
  capability: Capability,
): Capability {
  const needed = spec.permission(operation);
  const isOther = needed !== undefined && needed !== spec.permission(tried);
  return noted(
    capability,
    isOther,
    `Needs permission ${needed ?? ''}, which cannot be tried out beforehand.`,
  );
}

function accountOf(
  patron: Capability,
  parts: Readonly<Record<'loans' | 'holds' | 'fines', Capability>>,
): Capability {
  if (!patron.works) return patron;
  const lacking = Object.entries(parts).flatMap(([name, part]) => (part.works ? [] : [{ name, part }]));
  if (!parts.loans.works && !parts.holds.works) return parts.loans;
  if (lacking.length === 0) return works;
  const told = lacking.map(({ name, part }) => (part.grant === undefined ? name : `${name} (${part.grant})`));
  return { works: true, note: `Without ${told.join(' and ')}.` };
}

function noted(capability: Capability, isNeeded: boolean, note: string): Capability {
  if (!capability.works || !isNeeded) return capability;
  return { works: true, note: capability.note === undefined ? note : `${capability.note} ${note}` };
}

function nameOf(operation: Operation): string {
  return operation.replace(/\{(\w+)\}/g, '…');
}
