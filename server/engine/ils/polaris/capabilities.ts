import type { Capabilities, Capability } from '../capabilities.js';
import { IlsFault } from '../ils-fault.js';
import { grants } from './grants.js';
import type { Papi, PapiCall } from './papi.js';
import type { PolarisSettings } from './settings.js';
import type { StatusList } from './status-list.js';
import type { StatusReader } from './statuses.js';
import { id, rows } from './wire.js';

interface Asked {
  papi: Papi;
  settings: PolarisSettings;
  statuses: StatusReader;
  statusList: Pick<StatusList, 'ask'>;
}

type Probe = Omit<PapiCall, 'method' | 'body' | 'line' | 'signal'>;

/**
 * What this Polaris grants, found out by asking it: the service itself, one signed public method, the staff account,
 * one page of one record, and that record's copies. What only a patron's card could show is not tried. Throws IlsFault
 * when the system does not answer at all.
 */
export async function discover(asked: Asked, signal: AbortSignal): Promise<Capabilities> {
  const { papi, settings } = asked;
  const version = await papi.version(signal).catch(unlessGone);
  const signed = await tried(papi, { path: '/organizations/branch', as: 'library' }, signal);
  const note = `PAPI ${version ?? 'of unknown version'} at ${papi.host}`;
  const branches: Capability = signed.works ? { works: true, note } : signed;

  let firstBib = '1';
  let harvest: Capability = lacks('No staff account is set up.', grants.noStaff);
  if (papi.hasStaff) {
    harvest = await tried(papi, { path: '/synch/bibs/MARCXML/paged?lastid=0&nrecs=1', as: 'staff' }, signal, {
      note: 'Records that were purged are not told of: a sweep over all records is needed from time to time.',
      learn: (reply) => {
        const first = rows(reply, 'GetBibsPagedRows', 'GetBibsByIDRows')?.[0];
        firstBib = (first && id(first, 'BibliographicRecordID')) ?? firstBib;
      },
    });
  }
  const availability = await copies(asked, firstBib, signal);
  const patrons: Capability = signed.works
    ? { works: true, note: 'Not tried, since that needs a patron’s card and PIN.' }
    : signed;
  const asStaff = settings.patron_calls_as_staff && !harvest.works ? harvest : patrons;
  return {
    branches,
    availability,
    authenticate: patrons,
    account: asStaff,
    renew: asStaff,
    place_hold: asStaff.works
      ? {
          works: true,
          note: `Not tried. Holds are logged under user ${settings.user_id} and workstation ${settings.workstation_id}. A charge for a hold is always put to the patron.`,
        }
      : asStaff,
    cancel_hold: asStaff,
    harvest,
  };
}

async function copies(asked: Asked, bibId: string, signal: AbortSignal): Promise<Capability> {
  const { papi, settings } = asked;
  const isProtected = papi.hasStaff && settings.copies_from === 'items';
  const probe: Probe = isProtected
    ? { path: `/synch/items/bibid/${bibId}?excludeecontent=true`, as: 'staff' }
    : { path: `/bib/${bibId}/holdings`, as: 'library' };
  const found = await tried(papi, probe, signal, { isFine: (code) => code >= (isProtected ? 0 : -1) });
  if (!found.works) return found;
  const notes = isProtected
    ? []
    : ['By public holdings: statuses are the texts that patrons see, without item numbers.'];
  const told = await aboutStatuses(asked, signal);
  if (told !== undefined) notes.push(told);
  return { works: true, ...(notes.length > 0 && { note: notes.join(' ') }) };
}

/** What staff have to know of this library's circulation statuses; a list that does not come stops nothing. */
async function aboutStatuses(
  { statuses, statusList }: Asked,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const listed = await statusList.ask(signal);
    const strange = listed.filter(
      ({ name, description }) => !statuses.knows(name) && !statuses.knows(description),
    );
    if (strange.length === 0) return undefined;
    const names = strange.map(({ description }) => description).join(', ');
    return `Carrel does not know what these circulation statuses mean, and shows them as unknown until status_names says it: ${names}.`;
  } catch (error) {
    if (!(error instanceof IlsFault)) throw error;
    return 'Polaris did not give its list of circulation statuses (ItemStatusesGet), so they are read by the names that Polaris comes with: renamed ones show as unknown until status_names says what they mean.';
  }
}

async function tried(
  papi: Papi,
  probe: Probe,
  signal: AbortSignal,
  more: {
    note?: string;
    isFine?: (code: number) => boolean;
    learn?: (reply: Readonly<Record<string, unknown>>) => void;
  } = {},
): Promise<Capability> {
  try {
    const { code, reply } = await papi.ask({ ...probe, method: 'GET', line: 'harvest', signal });
    const isFine = more.isFine ?? ((one: number) => one >= 0);
    if (!isFine(code)) return lacks(`Polaris answers with PAPI error ${code}.`, grants.method);
    more.learn?.(reply);
    return { works: true, ...(more.note !== undefined && { note: more.note }) };
  } catch (error) {
    if (!(error instanceof IlsFault)) throw error;
    if (error.kind === 'refused') return lacks('Polaris does not let Carrel do this.', error.grant);
    if (error.kind === 'not_offered') return lacks('This Polaris has no such method.', grants.address);
    throw error;
  }
}

function lacks(because: string, grant: string | undefined): Capability {
  return { works: false, because, ...(grant !== undefined && { grant }) };
}

/** A service whose unsigned method is closed may answer all others. */
function unlessGone(error: unknown): undefined {
  if (error instanceof IlsFault && ['not_offered', 'refused', 'foreign'].includes(error.kind))
    return undefined;
  throw error;
}
