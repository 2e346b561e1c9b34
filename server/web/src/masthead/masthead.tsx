import type { ReactNode } from 'react';
import { usePatron } from '../account/patron-desk.js';
import { Link } from '../address.js';
import { languages } from '../phrases/languages.js';
import type { Phrases } from '../phrases/phrases.js';
import { usePhrases } from '../phrases/speech.js';
import { Mark } from './mark.js';
import { useRoomLight } from './room-light.js';

interface MastheadProps {
  /** The library's name, once it is known. */
  library: string | undefined;
  onLanguage: (language: Phrases) => void;
  /** Left out while there is nothing to start over from. */
  onStartOver: (() => void) | undefined;
  /** The page that is open, so that no way leads to where one is. */
  page: string;
}

/** The head of every page: whose desk this is, a fresh start, the language and the light. */
export function Masthead({ library, onLanguage, onStartOver, page }: MastheadProps): ReactNode {
  const phrases = usePhrases();
  const [light, toggle] = useRoomLight();
  return (
    <header className="masthead">
      <Link to="/" className="wordmark" label={phrases.homeLabel}>
        <Mark />
        <span>Carrel</span>
      </Link>
      {library !== undefined && library !== '' && library !== 'Carrel' && (
        <p className="library-name">{library}</p>
      )}
      <div className="masthead-side">
        <PatronTools page={page} onStartOver={onStartOver} />
        <div className="masthead-tools">
          <div className="language-switch" role="group" aria-label={phrases.languageSwitch}>
            {languages.map((language) => (
              <button
                key={language.locale}
                type="button"
                className="tool"
                lang={language.locale}
                aria-label={`${language.locale.toUpperCase()} ${language.name}`}
                aria-pressed={language.locale === phrases.locale}
                onClick={() => onLanguage(language)}
              >
                {language.locale.toUpperCase()}
              </button>
            ))}
          </div>
          <button
            type="button"
            className="tool tool-light"
            aria-label={light === 'dark' ? phrases.toLight : phrases.toDark}
            onClick={toggle}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
              <path d="M6 12q6-9 12 0zM12 12v7M8 20h8" />
              {light === 'light' && <path d="M9.5 14.5 8.5 17M14.5 14.5l1 2.5" />}
            </svg>
          </button>
        </div>
      </div>
    </header>
  );
}

/** A fresh start; a quiet way in where the library has accounts; once in, the account and the way to be done. */
function PatronTools({ page, onStartOver }: Pick<MastheadProps, 'page' | 'onStartOver'>): ReactNode {
  const { me, openSignIn, finish } = usePatron();
  const phrases = usePhrases();
  const words = phrases.patron;
  const signedIn = me?.signed_in === true;
  const mayEnter = me?.can.sign_in === true && !signedIn;
  if (!onStartOver && !mayEnter && !signedIn) return null;
  return (
    <div className="visit-tools">
      {onStartOver && (
        <button type="button" className="tool tool-way" onClick={onStartOver}>
          {phrases.startOver}
        </button>
      )}
      {mayEnter && (
        <button type="button" className="tool" onClick={openSignIn}>
          {words.signIn.title}
        </button>
      )}
      {signedIn && page !== 'account' && me.can.see_account && (
        <Link to="/account" className="tool tool-way">
          {words.account.title}
        </Link>
      )}
      {signedIn && (
        <button type="button" className="tool tool-way tool-done" onClick={finish}>
          {words.visit.done}
        </button>
      )}
    </div>
  );
}
