import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import type { Me } from '../../../contract/sign-in.js';
import { getMe } from '../api/account-api.js';
import { whenSignedOut } from '../api/reached.js';
import type { Covered } from '../card/cover.js';

/** A title that somebody wants to have kept for them. */
export interface Wanted extends Covered {
  /** Ids of the branches where a copy is in now. */
  inAt: readonly string[];
}

/** Who sits at this page, and what they may do. */
export interface PatronDesk {
  /** Undefined until the server has said, and for good where it cannot. */
  me: Me | undefined;
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

/**
 * Asks once who is signed in here, and again when the browser brings the page back as it was left. `onGone` is called
 * when somebody was, and no longer is.
 */
export function useMe(onGone: () => void): [Me | undefined, (me: Me) => void] {
  const [me, setMe] = useState<Me>();
  const signedIn = me?.signed_in === true;

  useEffect(() => {
    const left = new AbortController();
    // A library without accounts, or a server that is away, looks the same: nothing of it shows.
    getMe(left.signal).then(setMe, () => undefined);
    return () => left.abort();
  }, []);

  useEffect(() => whenSignedOut(() => signedIn && onGone()), [signedIn, onGone]);

  const lookAgain = useCallback(() => {
    const { dataset } = document.documentElement;
    getMe(new AbortController().signal)
      .then(
        (now) => (signedIn && !now.signed_in ? onGone() : setMe(now)),
        () => signedIn && onGone(),
      )
      .finally(() => delete dataset['veiled']);
  }, [signedIn, onGone]);
  useEffect(() => {
    // A page that is put away whole must not be seen by the next reader before it is known whose it is.
    const away = (event: PageTransitionEvent): void => {
      if (event.persisted) document.documentElement.dataset['veiled'] = '';
    };
    const back = (event: PageTransitionEvent): void => {
      if (event.persisted) lookAgain();
    };
    window.addEventListener('pagehide', away);
    window.addEventListener('pageshow', back);
    return () => {
      window.removeEventListener('pagehide', away);
      window.removeEventListener('pageshow', back);
    };
  }, [lookAgain]);

  return [me, setMe];
}
