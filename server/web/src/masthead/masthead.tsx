import type { ReactNode } from 'react';
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
}

/** The head of every page: whose desk this is, a fresh start, the language and the light. */
export function Masthead({ library, onLanguage, onStartOver }: MastheadProps): ReactNode {
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
      <div className="masthead-tools">
        {onStartOver && (
          <button type="button" className="tool tool-start-over" onClick={onStartOver}>
            {phrases.startOver}
          </button>
        )}
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
    </header>
  );
}
