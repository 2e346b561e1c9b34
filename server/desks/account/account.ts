import type {
  CancelAnswer,
  HoldAnswer,
  PatronAccount,
  PickupBranches,
  RenewalAnswer,
} from '../../contract/patron-account.js';
import type { Lenders } from '../../contract/lenders.js';
import { Problem } from '../../contract/problems.js';
import type { AccountFunctions, Me } from '../../contract/sign-in.js';
import type { Locale } from '../../contract/vocabulary.js';
import type { KeptAccounts } from '../../engine/accounts/kept-accounts.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import { systemClock, type Clock } from '../../engine/cache/clock.js';
import type { IlsFunction } from '../../engine/ils/capabilities.js';
import type { HoldRequest, IlsPatron } from '../../engine/ils/patron.js';
import type { ShieldedIls } from '../../engine/ils/shielded.js';
import { createPatronAttempts, type AttemptLimits } from '../../engine/sessions/patron-attempts.js';
import {
  createPatronSessions,
  type PatronSession,
  type PatronSessionLimits,
} from '../../engine/sessions/patron-sessions.js';
import type { Visits } from '../../engine/sessions/visits.js';
import { heldUnder, type HeldRecords } from './held.js';
import { tellLenders, tellLentCancellation } from './lenders.js';
import { createMyData } from './my-data.js';
import { createHoldQuestions } from './questions.js';
import type { SentencesByLocale } from './sentences.js';
import { createSignIn } from './sign-in.js';
import { tellAccount, tellCancellation, tellHoldAnswer, tellRenewal } from './tell.js';

export interface AccountDeps {
  ils: Pick<ShieldedIls, 'source' | 'patrons' | 'capabilities' | 'lenderAccounts'>;
  records: HeldRecords;
  kept: KeptAccounts;
  sentences: SentencesByLocale;
  /** A patron's session and the visit that it belongs to end together. */
  visits: Pick<Visits, 'enter' | 'end'>;
  /** Told of what went wrong without keeping a patron from their account. */
  onFault: (error: unknown) => void;
  clock?: Clock;
  sessionLimits?: PatronSessionLimits;
  attemptLimits?: AttemptLimits;
  /** A rejected sign-in goes out at a whole multiple of this; default 1 s. */
  rejectionStepMs?: number;
}

export interface Asked {
  locale: Locale;
  signal: AbortSignal;
}

export type AccountDesk = ReturnType<typeof createAccountDesk>;

/** How long it may take to learn what the system grants before the page is told what is likely. */
const FUNCTIONS_MS = 300;

/**
 * The account desk: who is signed in, and what the library's system holds for them. Whatever that system says, or fails
 * to say, is a value with a code and a sentence. Nothing of it is kept here but what the patron chose (`myData`).
 */
export function createAccountDesk(deps: AccountDeps) {
  const { ils, records, sentences } = deps;
  const { patrons } = ils;
  const lenders = ils.lenderAccounts?.names ?? [];
  const clock = deps.clock ?? systemClock;
  const closing = new AbortController();
  const leaving = new Set<Promise<void>>();
  const sessions = createPatronSessions({
    clock,
    ...(deps.sessionLimits && { limits: deps.sessionLimits }),
    onEnd(session, { visitGoesOn }) {
      if (!visitGoesOn) deps.visits.end(session.visit);
      const told = patrons.endSession(session.patron).finally(() => leaving.delete(told));
      leaving.add(told);
    },
  });
  const signIn = createSignIn({
    patrons,
    clock,
    visits: deps.visits,
    attempts: createPatronAttempts({
      clock,
      ...(deps.attemptLimits && { limits: deps.attemptLimits }),
    }),
    ...(deps.rejectionStepMs !== undefined && { rejectionStepMs: deps.rejectionStepMs }),
  });
  const questions = createHoldQuestions(clock);
  const myData = createMyData({ kept: deps.kept, records, clock, lenders });

  const getRecord = async (id: string): Promise<Bib> => {
    const [record] = await records.listRecords([id]);
    if (!record) throw new Problem('record_not_found');
    return record;
  };

  /** What the system grants. While it has not said, or nobody waits for it, everything is offered: trying tells. */
  const functions = async (isAwaited = true): Promise<AccountFunctions> => {
    const stop = new AbortController();
    const granted =
      ils.source === 'none' || !isAwaited
        ? undefined
        : await Promise.race([
            ils.capabilities({ signal: closing.signal }),
            clock.after(FUNCTIONS_MS, stop.signal).catch(() => undefined),
          ]).finally(() => stop.abort());
    const has = (name: IlsFunction): boolean => granted?.[name].works ?? ils.source !== 'none';
    return {
      sign_in: has('authenticate'),
      see_account: has('account'),
      renew: has('renew'),
      place_holds: has('place_hold'),
      cancel_holds: has('cancel_hold'),
      lenders: [...lenders],
    };
  };

  return {
    sessions,
    myData,
    functions,
    signIn: (who: Parameters<typeof signIn.signIn>[0]) => signIn.signIn(who),

    /** For who has left before the answer came: signed in nowhere, and the system is told. */
    turnAway: (patron: IlsPatron): Promise<void> => patrons.endSession(patron),

    async me(session: PatronSession | undefined, { isAwaited = true } = {}): Promise<Me> {
      return {
        signed_in: session !== undefined,
        csrf: session?.csrf ?? null,
        idle_seconds: session ? Math.round(sessions.limits.idleMs / 1000) : null,
        ends_at: session ? new Date(session.endsAt).toISOString() : null,
        home_branch_id: session?.patron.homeBranchId ?? null,
        can: await functions(isAwaited),
      };
    },

    /**
     * Ends a visit: what is under way in it comes to nothing, and the patron's session ends, here and at the system.
     */
    endVisit(visit: string | undefined, session: PatronSession | undefined): void {
      if (visit !== undefined) {
        deps.visits.end(visit);
        sessions.endVisit(visit);
      }
      if (session) sessions.end(session.id);
    },

    async account({ patron }: PatronSession, { locale, signal }: Asked): Promise<PatronAccount> {
      const answer = await patrons.account(patron, { signal });
      const { loans = [], holds = [] } = answer.outcome === 'ok' ? answer.account : {};
      const recordIdOf = await heldUnder(records, [...loans, ...holds]);
      const told = tellAccount(answer, sentences[locale], recordIdOf);
      await myData.noteLoans(patron, told).catch(deps.onFault);
      return told;
    },

    /** What the patron has at lenders of e-copies: asked for by itself, so that neither waits for the other. */
    async lenders({ patron }: PatronSession, { locale, signal }: Asked): Promise<Lenders> {
      const deps = { accounts: ils.lenderAccounts, records, sentences: sentences[locale] };
      return { lenders: await tellLenders(deps, patron, { signal }) };
    },

    async renew({ patron }: PatronSession, loanId: string, asked: Asked): Promise<RenewalAnswer> {
      return tellRenewal(await patrons.renew(patron, loanId, asked), sentences[asked.locale]);
    },

    async cancelHold({ patron }: PatronSession, holdId: string, asked: Asked): Promise<CancelAnswer> {
      const answer = await patrons.cancelHold(patron, holdId, asked);
      const lender = ils.lenderAccounts?.lenderOf(holdId);
      return lender === undefined
        ? tellCancellation(answer, sentences[asked.locale])
        : tellLentCancellation(answer, sentences[asked.locale], lender);
    },

    async pickupBranches(
      { patron }: PatronSession,
      recordId: string,
      { locale, signal }: Asked,
    ): Promise<PickupBranches> {
      const answer = await patrons.pickupBranches(patron, await getRecord(recordId), { signal });
      const { pickup } = sentences[locale];
      const home = patron.homeBranchId ?? null;
      if (answer.outcome !== 'ok') {
        return { state: 'unavailable', sentence: pickup.unavailable, branches: [], home_branch_id: home };
      }
      const branches = answer.branches.map(({ id, name }) => ({ id, name }));
      const sentence = branches.length === 0 ? pickup.none : null;
      return { state: 'known', sentence, branches, home_branch_id: home };
    },

    async placeHold(
      session: PatronSession,
      wanted: Omit<HoldRequest, 'record'> & { recordId: string },
      { locale, signal }: Asked,
    ): Promise<HoldAnswer> {
      const { recordId, ...rest } = wanted;
      const request = { ...rest, record: await getRecord(recordId) };
      const answer = await patrons.placeHold(session.patron, request, { signal });
      return tellHoldAnswer(answer, sentences[locale], (question) => questions.keep(session, question));
    },

    /** Problem('question_not_found') when it was answered before, is too old or another session's. */
    async answerQuestion(
      session: PatronSession,
      { questionId, yes }: { questionId: string; yes: boolean },
      { locale, signal }: Asked,
    ): Promise<HoldAnswer> {
      const asked = questions.take(session, questionId);
      const answer = await patrons.continueHold(session.patron, asked, yes, { signal });
      return tellHoldAnswer(answer, sentences[locale], (question) => questions.keep(session, question));
    },

    /** Ends every session and waits until the system has been told. */
    async close(): Promise<void> {
      signIn.close();
      closing.abort(new Error('closing'));
      sessions.endAll();
      await Promise.all(leaving);
    },
  };
}
