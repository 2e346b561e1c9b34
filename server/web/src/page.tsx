import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import type { Me } from '../../contract/sign-in.js';
import { AccountPage } from './account/account-page.js';
import { HoldPanel } from './account/hold-panel.js';
import { MyDataPage } from './account/my-data-page.js';
import { Patron, useMe, type PatronDesk, type Wanted } from './account/patron-desk.js';
import { SignInPanel } from './account/sign-in-panel.js';
import { getMe } from './api/account-api.js';
import { goTo, Link, useAddress } from './address.js';
import { getWelcome } from './api/carrel-api.js';
import { tellOtherPages } from './api/other-pages.js';
import { useAnswer } from './api/use-answer.js';
import { BranchPicker } from './conversation/branch-picker.js';
import { hasModel, isThinking } from './conversation/conversation.js';
import { ConversationPage } from './conversation/conversation-page.js';
import { ModelChoice } from './conversation/model-choice.js';
import { branchNamed, branchOfAddress } from './conversation/standing-at.js';
import { useConversation } from './conversation/use-conversation.js';
import { Masthead } from './masthead/masthead.js';
import { languageFor } from './phrases/languages.js';
import type { Phrases } from './phrases/phrases.js';
import { Speech, usePhrases } from './phrases/speech.js';
import { isWithoutModel } from './route.js';
import { RecordPage } from './record/record-page.js';
import { SearchPage } from './search/search-page.js';
import { StillThere } from './visit/still-there.js';
import { useEndElsewhere, type Reason } from './visit/reason.js';

interface PageProps {
  /** Why the visit before this one ended, to be said once; undefined for the first. */
  told: Reason | undefined;
  onEnd: (reason: Reason, phrases: Phrases) => void;
}

/** One visit's whole page: one language, one conversation, one patron, and whichever route the address names. */
export function Page({ told, onEnd }: PageProps): ReactNode {
  const [phrases, setPhrases] = useState(() => languageFor(navigator.languages));
  const [question, setQuestion] = useState('');
  const { address, route } = useAddress();
  const { data: welcome } = useAnswer(phrases.locale, (signal) => getWelcome(phrases.locale, signal));
  // Held here alone: it outlasts a fresh start, because the patron still stands there, and is gone with the page.
  const [wanted, setWanted] = useState(() => branchOfAddress(location.pathname, location.search));
  const branches = welcome?.branches ?? [];
  const branch = branchNamed(wanted, branches)?.id;
  // So is this: what the address of a kiosk decides stands, what a patron decides lasts as long as the page.
  const [isDecided] = useState(() => isWithoutModel(location.search));
  const [isLeftOut, setLeftOut] = useState(isDecided);

  useEffect(() => {
    document.documentElement.lang = phrases.locale;
    document.documentElement.dir = phrases.direction;
  }, [phrases]);
  useKeptPlace(address, route.page);

  const onGone = useCallback(() => onEnd('signed_out', phrases), [onEnd, phrases]);
  const onReplaced = useCallback(() => onEnd('replaced', phrases), [onEnd, phrases]);
  const { me, unasked, setMe } = useMe({ onGone, onReplaced });
  const desk = useConversation(phrases.locale, branch, !isLeftOut, me?.signed_in === false);
  const begun =
    desk.conversation.turns.length > 0 || desk.conversation.refusal !== undefined || question !== '';
  useEndElsewhere(useCallback(() => onEnd('elsewhere', phrases), [onEnd, phrases]));
  const [sheet, setSheet] = useState<Sheet>();
  const finish = (): void => onEnd('done', phrases);
  const closeSheet = (): void => setSheet(undefined);
  const patron: PatronDesk = {
    me,
    unasked,
    isDemo: welcome?.is_demo === true,
    openSignIn: () => setSheet({ for: 'sign_in' }),
    wish: (book) => setSheet({ for: 'hold', book }),
    finish,
  };
  const signedIn = (now: Me): void => {
    setMe(now);
    tellOtherPages('signed_in');
    if (sheet?.for === 'hold') return;
    closeSheet();
    if (now.can.see_account) goTo('/account');
  };

  const startOver = (): void => {
    desk.startOver();
    setQuestion('');
    goTo('/');
    toTheBox();
  };
  const askFor = (text: string): void => {
    setQuestion('');
    desk.ask(text);
    goTo('/');
  };

  const askInstead = (words: string): void => {
    setQuestion(words);
    goTo('/');
    toTheBox();
  };

  const choose = (leftOut: boolean): void => {
    setLeftOut(leftOut);
    const newest = desk.conversation.turns.at(-1);
    if (leftOut && newest && isThinking(newest)) desk.stop();
  };
  // Whoever is signed in has one way to be done; a second would only puzzle.
  const mayStartOver = me?.signed_in !== true && (begun || route.page !== 'conversation');
  const showsChoice = isLeftOut || welcome?.language_model === true || hasModel(desk.conversation);

  return (
    <Speech value={phrases}>
      <Patron value={patron}>
        <a className="skip-link" href="#content">
          {phrases.skipToPage}
        </a>
        <Masthead
          library={welcome?.library}
          onLanguage={setPhrases}
          page={route.page}
          onStartOver={mayStartOver ? startOver : undefined}
        />
        {told !== undefined && !begun && route.page === 'conversation' && <Told why={told} />}
        {route.page === 'conversation' && (
          <ConversationPage
            desk={desk}
            onStartOver={startOver}
            text={question}
            onText={setQuestion}
            examples={welcome?.examples ?? []}
            picker={<BranchPicker branches={branches} at={branch} onBranch={setWanted} />}
          />
        )}
        {route.page === 'record' && (
          <RecordPage id={route.id} conversation={desk.conversation} onAsk={askFor} />
        )}
        {route.page === 'search' && <SearchPage query={route.query} onAskInstead={askInstead} />}
        {route.page === 'account' && <AccountPage />}
        {route.page === 'my_data' && <MyDataPage />}
        {route.page === 'nowhere' && (
          <main id="content" className="plain-page" tabIndex={-1}>
            <h1>{phrases.nowhere}</h1>
            <p>{phrases.nowhereBody}</p>
            <Link to="/">{phrases.toConversation}</Link>
          </main>
        )}
        <footer className="page-foot">
          <p className="page-foot-privacy">
            {phrases.privacy}{' '}
            {mayStartOver && (
              <button type="button" className="action" onClick={finish}>
                {phrases.patron.visit.done}
              </button>
            )}
          </p>
          {showsChoice && <ModelChoice isLeftOut={isLeftOut} onChoose={isDecided ? undefined : choose} />}
          <OtherWay page={route.page} />
        </footer>
        {sheet?.for === 'sign_in' && (
          <SignInPanel purpose={undefined} onSignedIn={signedIn} onClose={closeSheet} />
        )}
        {sheet?.for === 'hold' &&
          (me?.signed_in === true && me.csrf !== null ? (
            <HoldPanel
              key={sheet.book.record_id}
              book={sheet.book}
              csrf={me.csrf}
              standingAt={branch}
              onClose={closeSheet}
            />
          ) : (
            <SignInPanel
              purpose={phrases.patron.signIn.forHold(sheet.book.title.original ?? sheet.book.title.text)}
              onSignedIn={signedIn}
              onClose={closeSheet}
            />
          ))}
        {me?.signed_in === true && (
          <StillThere
            me={me}
            onGone={onGone}
            onStay={() => void getMe(new AbortController().signal).then(setMe, () => undefined)}
          />
        )}
      </Patron>
    </Speech>
  );
}

/** What lies over the page: signing in, or a hold on a book. */
type Sheet = { for: 'sign_in' } | { for: 'hold'; book: Wanted };

/** Says once how the visit before this one ended. Whoever ended it themselves sees it: for them it is only said aloud. */
function Told({ why }: { why: Reason }): ReactNode {
  const { visit } = usePhrases().patron;
  const isOwn = why === 'done';
  return (
    <p className={isOwn ? 'sr-only' : 'told'} role="status">
      {isOwn ? visit.cleared : visit.signedOut}
    </p>
  );
}

/** The way to the other of the two places where one can look for a book. */
function OtherWay({ page }: { page: string }): ReactNode {
  const phrases = usePhrases();
  const [to, words] = page === 'search' ? ['/', phrases.askInstead] : ['/search', phrases.plainSearch];
  return (
    <nav aria-label={words}>
      <Link to={to}>{words}</Link>
    </nav>
  );
}

/** Puts the cursor in the question box. It is there after the next paint, also when another page was open. */
function toTheBox(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.question-box textarea')?.focus());
}

/**
 * Going to another page starts at its top with the reader's cursor on it; coming back to the conversation or to a list
 * finds the place where it was left, and the cursor on the book that was looked at.
 */
function useKeptPlace(address: string, page: string): void {
  const places = useRef(new Map<string, number>());
  const last = useRef(address);
  useEffect(() => {
    const note = (): void => void places.current.set(last.current, window.scrollY);
    window.addEventListener('scroll', note, { passive: true });
    return () => window.removeEventListener('scroll', note);
  }, []);
  useEffect(() => {
    const from = last.current;
    if (from === address) return;
    last.current = address;
    if (address.startsWith('/search') && from.startsWith('/search')) return;
    const place = places.current.get(address) ?? 0;
    const at = (element: HTMLElement | null, top: number): void => {
      element?.focus({ preventScroll: true });
      window.scrollTo({ top, behavior: 'instant' });
    };
    at(document.getElementById('content'), page === 'conversation' ? place : 0);
    if (page !== 'conversation' && page !== 'search') return;
    return whenThere(`.book-title a[href=${JSON.stringify(from)}]`, (opened) => at(opened, place));
  }, [address, page]);
}

/** Calls `found` with the first element that fits, now or once it has arrived; the answer stops waiting. */
function whenThere(selector: string, found: (element: HTMLElement) => void): () => void {
  const watcher = new MutationObserver(() => look());
  const look = (): void => {
    const element = document.querySelector<HTMLElement>(selector);
    if (!element) return;
    watcher.disconnect();
    found(element);
  };
  watcher.observe(document.body, { childList: true, subtree: true });
  look();
  return () => watcher.disconnect();
}
