import { useRef, type ReactNode } from 'react';
import { Link } from '../address.js';
import { getAccount, type Fines, type PatronAccount } from '../api/account-api.js';
import { useAnswer } from '../api/use-answer.js';
import { useNow } from '../api/use-now.js';
import { BackStep } from '../back-step.js';
import { clockTime } from '../card/whereabouts.js';
import { refusalWords } from '../conversation/notice.js';
import { usePhrases } from '../phrases/speech.js';
import { fullDay, isNothing, money } from './day.js';
import { Holds } from './holds.js';
import { Lenders } from './lenders.js';
import { Loans } from './loans.js';
import { usePatron } from './patron-desk.js';
import { Unasked } from './unasked.js';
import { usePageTitle } from './use-page-title.js';

/** What the library's system tells of the patron: what they have, what they wait for, what they owe. */
export function AccountPage(): ReactNode {
  const phrases = usePhrases();
  const { me, openSignIn } = usePatron();
  const words = phrases.patron.account;
  usePageTitle(words.title);
  return (
    <main id="content" className="account" tabIndex={-1}>
      <BackStep />
      {me?.signed_in === true ? (
        <Whole />
      ) : me === undefined ? (
        <Unasked />
      ) : (
        <div className="account-closed">
          <h1>{words.title}</h1>
          <p>{me.can.sign_in ? words.signInFirst : words.noAccounts}</p>
          {me.can.sign_in && (
            <button type="button" className="way-on" onClick={openSignIn}>
              {phrases.patron.signIn.title}
            </button>
          )}
        </div>
      )}
    </main>
  );
}

function Whole(): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.account;
  const { isDemo, me } = usePatron();
  const heading = useRef<HTMLHeadingElement>(null);
  const { data, refusal, asking, again } = useAnswer(phrases.locale, (signal) =>
    getAccount(phrases.locale, signal),
  );
  const look = (): void => {
    heading.current?.focus();
    if (!asking) again();
  };
  const why =
    refusal !== undefined
      ? refusalWords(refusal, phrases)
      : data?.state === 'unavailable'
        ? (data.sentence ?? words.away)
        : undefined;
  return (
    <>
      <div className="account-head">
        <h1 ref={heading} tabIndex={-1}>
          {words.title}
        </h1>
        <p className="account-told" role="status">
          {asking ? words.asking : data && <AsOf account={data} />}
        </p>
        {data?.state === 'known' && (
          <button type="button" className="action" aria-disabled={asking} onClick={look}>
            {words.lookAgain}
          </button>
        )}
      </div>
      {why !== undefined && (
        <div className="notice" role="alert">
          <p className="notice-words">{why}</p>
          <button type="button" className="way-on" aria-disabled={asking} onClick={look}>
            {phrases.tryAgain}
          </button>
        </div>
      )}
      {data && (data.state === 'known' || data.asOf !== null) && (
        <div className="account-parts" key={data.asOf}>
          {data.blocks.length > 0 && <Blocks blocks={data.blocks} />}
          <Loans loans={data.loans} onLook={look} />
          <div className="account-beside">
            <Holds holds={data.holds} onLook={look} />
            <Owed fines={data.fines} />
            {data.card_expires !== null && <CardExpiry day={data.card_expires} />}
          </div>
        </div>
      )}
      {me !== undefined && me.can.lenders.length > 0 && <Lenders />}
      {isDemo && <p className="demo-label">{words.demo}</p>}
      <p className="account-more">
        <Link to="/my-data">{phrases.patron.data.title}</Link>
      </p>
    </>
  );
}

function AsOf({ account: { asOf } }: { account: PatronAccount }): ReactNode {
  const phrases = usePhrases();
  const now = useNow(60_000);
  if (asOf === null) return null;
  return phrases.patron.account.asOf(clockTime(Date.parse(asOf), now, phrases.locale));
}

function Blocks({ blocks }: { blocks: readonly string[] }): ReactNode {
  const words = usePhrases().patron.account;
  return (
    <aside className="account-blocks" aria-label={words.blocked}>
      <p className="account-blocks-title">{words.blocked}</p>
      <ul>
        {blocks.map((text) => (
          <li key={text} dir="auto">
            {text}
          </li>
        ))}
      </ul>
    </aside>
  );
}

/** Money owed, as the system states it: nothing here is added up. */
function Owed({ fines }: { fines: Fines | null }): ReactNode {
  const words = usePhrases().patron.owed;
  const isTold = fines !== null && (fines.lines.length > 0 || /\d/.test(fines.total));
  const isNone = isTold && fines.lines.length === 0 && isNothing(fines.total);
  return (
    <section className="kept" aria-labelledby="owed">
      <h2 id="owed" className="section-heading">
        {words.title}
      </h2>
      {!isTold && <p className="standing">{words.untold}</p>}
      {isNone && <p className="standing">{words.none}</p>}
      {isTold && !isNone && <Bill fines={fines} />}
    </section>
  );
}

function Bill({ fines: { lines, total, currency } }: { fines: Fines }): ReactNode {
  const phrases = usePhrases();
  return (
    <dl className="bill">
      {lines.map((line, i) => (
        <div key={i}>
          <dt dir="auto">{line.text}</dt>
          <dd>{line.amount === null ? '' : money(line.amount, currency, phrases.locale)}</dd>
        </div>
      ))}
      {total !== '' && (
        <div className="bill-total">
          <dt>{phrases.patron.owed.total}</dt>
          <dd>{money(total, currency, phrases.locale)}</dd>
        </div>
      )}
    </dl>
  );
}

function CardExpiry({ day }: { day: string }): ReactNode {
  const phrases = usePhrases();
  const now = useNow(60_000);
  return (
    <p className="account-card">{phrases.patron.account.cardUntil(fullDay(day, now, phrases.locale))}</p>
  );
}
