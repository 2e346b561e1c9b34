import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import type { Me } from '../../../contract/sign-in.js';
import { getMe } from '../api/account-api.js';
import { whenTold } from '../api/other-pages.js';
import { whenServerSays } from '../api/reached.js';
import { Refused, type Refusal } from '../api/refusal.js';
import type { Covered } from '../card/cover.js';

/** A title that somebody wants to have kept for them. */
export interface Wanted extends Covered {
  /** Ids of the branches where a copy is in now. */
  inAt: readonly string[];
}

/** Who sits at this page, and what they may do. */
export interface PatronDesk {
  /** Undefined until the server has said. */
  me: Me | undefined;
  /** Why it has not, where that is known, and the way to ask once more. */
  unasked: { why: Refusal; again: () => void } | undefined;
  /** Accounts here are made up, for trying Carrel out. */
  isDemo: boolean;
  /** Opens the sign-in panel. */
  openSignIn: () => void;
  /** Opens the panel for a hold, after signing in where that is needed. */
  wish: (book: Wanted) => void;
  /** Ends the visit and all that is left of it. */
  finish: () => void;
}

const nobody: PatronDesk = {
  me: undefined,
  unasked: undefined,
  isDemo: false,
  openSignIn: () => undefined,
  wish: () => undefined,
  finish: () => undefined,
};

/** The desk of whoever sits at this page. */
export const Patron = createContext<PatronDesk>(nobody);

/** Who sits at this page, and what they may do. */
export function usePatron(): PatronDesk {
  return useContext(Patron);
}

/** What to do when the patron whose page this is has gone. */
export interface WhenGone {
  /** Nobody is signed in here any more. */
  onGone: () => void;
  /** Somebody else is. */
  onReplaced: () => void;
}

/**
 * Asks who is signed in here: once, until there is an answer, and again whenever it may be another: the browser brings
 * the page back as it was left, another page of the browser has signed somebody in, the server does not take a token.
 */
export function useMe({
  onGone,
  onReplaced,
}: WhenGone): Pick<PatronDesk, 'me' | 'unasked'> & { setMe: (me: Me) => void } {
  const [me, setMe] = useState<Me>();
  const [unasked, setUnasked] = useState<PatronDesk['unasked']>();
  const signedIn = me?.signed_in === true;
  const csrf = me?.csrf;
  const known = me !== undefined;

  useEffect(() => {
    if (known) return;
    const left = new AbortController();
    let isAsking = false;
    const ask = (): void => {
      if (isAsking) return;
      isAsking = true;
      setUnasked(undefined);
      getMe(left.signal)
        .then(setMe, (error: unknown) => {
          if (left.signal.aborted) return;
          setUnasked({ why: error instanceof Refused ? error.refusal : { kind: 'broken_off' }, again: ask });
        })
        .finally(() => (isAsking = false));
    };
    ask();
    // A server that answers something else will answer this.
    const stop = whenServerSays('answered', ask);
    return () => {
      stop();
      left.abort();
    };
  }, [known]);

  useEffect(() => whenServerSays('signed_out', () => signedIn && onGone()), [signedIn, onGone]);

  const lookAgain = useCallback(
    async (whenAway: () => void): Promise<void> => {
      const now = await getMe(new AbortController().signal).catch(() => undefined);
      // What belongs to somebody who has gone stays under the veil until it has been taken down.
      if (signedIn && now === undefined) return whenAway();
      if (signedIn && now?.signed_in === false) return onGone();
      if (signedIn && now?.csrf !== csrf) return onReplaced();
      if (now) setMe(now);
      delete document.documentElement.dataset['veiled'];
    },
    [signedIn, csrf, onGone, onReplaced],
  );
  useEffect(() => {
    const look = (): void => void lookAgain(onReplaced);
    const unlisten = [whenTold('signed_in', look), whenServerSays('csrf_refused', look)];
    return () => unlisten.forEach((stop) => stop());
  }, [lookAgain, onReplaced]);
  useEffect(() => {
    // A page that is put away whole must not be seen by the next reader before it is known whose it is.
    const away = (event: PageTransitionEvent): void => {
      if (event.persisted) document.documentElement.dataset['veiled'] = '';
    };
    const back = (event: PageTransitionEvent): void => {
      if (event.persisted) void lookAgain(onGone);
    };
    window.addEventListener('pagehide', away);
    window.addEventListener('pageshow', back);
    return () => {
      window.removeEventListener('pagehide', away);
      window.removeEventListener('pageshow', back);
    };
  }, [lookAgain, onGone]);

  return { me, unasked, setMe };
}
