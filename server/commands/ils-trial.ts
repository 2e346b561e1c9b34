import { DeadlineError, systemClock, within, type Clock } from '../engine/cache/clock.js';
import { ilsFunctions, type Capabilities, type IlsFunction } from '../engine/ils/capabilities.js';
import type { Asking, Ils } from '../engine/ils/ils.js';
import { IlsFault } from '../engine/ils/ils-fault.js';
import type { IlsRecord } from '../engine/ils/record.js';
import type { CommandOutput } from './output.js';

const titles: Readonly<Record<IlsFunction, string>> = {
  branches: 'branches',
  availability: 'where copies are',
  authenticate: 'signing in with card and PIN',
  account: 'loans, holds and fines',
  renew: 'renewing',
  place_hold: 'placing a hold',
  cancel_hold: 'cancelling a hold',
  harvest: 'reading the catalogue',
};

export interface Trial {
  ils: Ils;
  output: CommandOutput;
  signal: AbortSignal;
  /** A record to ask about; undefined leaves that out. */
  record: IlsRecord | undefined;
  /** A card to try, and how to ask for its PIN. */
  card: string | undefined;
  askPin: () => Promise<string>;
  clock?: Clock | undefined;
}

/** Adapters wait as long as they are let. */
const LONGEST_MS = 60_000;

/**
 * Tries each function of a system and says what its administrator must grant. It places no hold, renews nothing and
 * tells numbers only of a patron. Answers false when the system grants nothing at all, or when what was tried failed; a
 * card that cannot be tried counts as failed.
 */
export async function tryIls(trial: Trial): Promise<boolean> {
  const { ils, output } = trial;
  const capabilities = await told(trial, 'what it offers', (asking) => ils.capabilities(asking));
  if (capabilities === undefined) return false;
  let said: string | undefined;
  for (const name of ilsFunctions) {
    output.write(capabilityLines(name, capabilities, said).join('\n') + '\n');
    said = grantOf(capabilities, name) ?? said;
  }
  const works = (name: IlsFunction): boolean => capabilities[name].works;
  const tried: (boolean | undefined)[] = [];

  if (!ilsFunctions.some(works)) {
    output.write('\nNothing could be tried.\n');
    return false;
  }
  output.write('\nTried:\n');
  if (works('branches')) {
    const branches = await told(trial, 'branches', (asking) => ils.branches(asking));
    if (branches)
      line(
        output,
        `branches: ${branches.length}`,
        branches
          .map(({ name }) => name)
          .slice(0, 8)
          .join(', '),
      );
    tried.push(branches !== undefined);
  }
  const { record } = trial;
  if (works('availability') && record) {
    const copies = await told(trial, `record ${record.id}`, (asking) => ils.availability([record], asking));
    const found = copies?.get(record.id);
    if (found) {
      const states = [...found.items, ...found.ecopies].map(
        ({ status, rawStatus }) => `${status} ("${rawStatus}")`,
      );
      const copies = states.length === 1 ? 'one copy' : `${states.length} copies`;
      line(output, `record ${record.id}: ${copies}`, states.slice(0, 8).join(', '));
    }
    tried.push(copies !== undefined);
  }
  if (trial.card !== undefined) {
    if (!works('authenticate')) line(output, 'signing in', 'not tried, since it does not work (see above).');
    tried.push(works('authenticate') && (await tryPatron(trial, trial.card)));
  }
  return !tried.includes(false);
}

async function tryPatron(trial: Trial, card: string): Promise<boolean> {
  const { ils, output } = trial;
  const pin = await trial.askPin();
  const answer = await told(trial, 'signing in', (asking) => ils.authenticate(card, pin, asking));
  if (answer === undefined) return false;
  line(output, 'signing in', answer.outcome);
  if (answer.outcome !== 'ok') return false;
  const { patron } = answer;
  try {
    const account = await told(trial, 'account', (asking) => ils.account(patron, asking));
    if (account === undefined) return false;
    const count = (list: readonly unknown[] | undefined): string => (list ? String(list.length) : 'not told');
    line(output, 'account', `loans ${count(account.loans)}, holds ${count(account.holds)}`);
    return true;
  } finally {
    await told(trial, 'signing out', (asking) => ils.endSession(patron, asking));
  }
}

function grantOf(capabilities: Capabilities, name: IlsFunction): string | undefined {
  const capability = capabilities[name];
  return capability.works ? undefined : capability.grant;
}

/** `said` is what the lines before asked for last: a long grant is not told eight times. */
function capabilityLines(name: IlsFunction, capabilities: Capabilities, said: string | undefined): string[] {
  const capability = capabilities[name];
  if (capability.works) {
    return [`  yes  ${titles[name]}${capability.note === undefined ? '' : ` (${capability.note})`}`];
  }
  return [
    `  no   ${titles[name]}: ${capability.because}`,
    ...(capability.grant === undefined
      ? []
      : [`       Grant: ${capability.grant === said ? 'the same.' : capability.grant}`]),
  ];
}

/** Undefined, with a line that says so, when the system could not answer, or not within a minute. */
async function told<T>(
  trial: Trial,
  what: string,
  work: (asking: Asking) => Promise<T>,
): Promise<T | undefined> {
  try {
    const { clock = systemClock, signal } = trial;
    return await within(clock, LONGEST_MS, signal, (inner) => work({ signal: inner }));
  } catch (error) {
    if (error instanceof DeadlineError && !trial.signal.aborted) {
      line(trial.output, what, `no answer in ${LONGEST_MS / 1000} seconds.`);
      return undefined;
    }
    if (!(error instanceof IlsFault) || trial.signal.aborted) throw error;
    line(trial.output, what, `${error.message}.`);
    if (error.grant !== undefined) trial.output.write(`       Grant: ${error.grant}\n`);
    return undefined;
  }
}

function line(output: CommandOutput, what: string, says: string): void {
  output.write(`  ${what}: ${says}\n`);
}
