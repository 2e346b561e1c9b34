import { useState, type ReactNode } from 'react';
import type { MyData } from '../../../contract/my-data.js';
import { Link } from '../address.js';
import { signOutEverywhere } from '../api/account-api.js';
import { EXPORT_ADDRESS, eraseMyData, getHistory, getMyData } from '../api/my-data-api.js';
import { useAnswer } from '../api/use-answer.js';
import { useNow } from '../api/use-now.js';
import { BackStep } from '../back-step.js';
import { clockTime } from '../card/whereabouts.js';
import { usePhrases } from '../phrases/speech.js';
import { recordAddress } from '../route.js';
import { ChoicesForm } from './choices-form.js';
import { Confirm } from './confirm.js';
import { fullDay } from './day.js';
import { NotFetched } from './not-fetched.js';
import { usePatron } from './patron-desk.js';
import { SavedLists } from './saved-lists.js';
import { Unasked } from './unasked.js';
import { usePageTitle } from './use-page-title.js';
import { useDeed } from './use-deed.js';

/** What Carrel holds about the patron, what they let it keep, and how to take it along or have it gone. */
export function MyDataPage(): ReactNode {
  const phrases = usePhrases();
  const { me, openSignIn } = usePatron();
  const words = phrases.patron.data;
  const csrf = me?.signed_in === true ? me.csrf : null;
  usePageTitle(words.title);
  return (
    <main id="content" className="account my-data" tabIndex={-1}>
      <BackStep />
      <div className="account-head">
        <h1>{words.title}</h1>
        {csrf !== null && <p className="my-data-intro">{words.intro}</p>}
      </div>
      {me === undefined && <Unasked />}
      {me && csrf === null && (
        <div className="account-closed">
          <p>{me.can.sign_in ? phrases.patron.account.signInFirst : phrases.patron.account.noAccounts}</p>
          {me.can.sign_in && (
            <button type="button" className="way-on" onClick={openSignIn}>
              {phrases.patron.signIn.title}
            </button>
          )}
        </div>
      )}
      {csrf !== null && <Whole csrf={csrf} />}
    </main>
  );
}

function Whole({ csrf }: { csrf: string }): ReactNode {
  const phrases = usePhrases();
  const { data, refusal, again } = useAnswer(phrases.locale, (signal) => getMyData(phrases.locale, signal));
  if (!data && refusal) return <NotFetched why={refusal} onAgain={again} />;
  if (!data) return <p className="standing">{phrases.looking}</p>;
  return (
    <>
      <Parts parts={data.parts} />
      <ChoicesForm choices={data.choices} parts={data.parts} csrf={csrf} onChosen={again} />
      {data.choices.lists && <SavedLists csrf={csrf} onChanged={again} />}
      {data.choices.history && <History />}
      <TakeOrErase csrf={csrf} onErased={again} />
    </>
  );
}

/** Each thing in one sentence, where it is, and when it is gone by itself. */
function Parts({ parts }: Pick<MyData, 'parts'>): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.data;
  const now = useNow(60_000);
  const when = (until: string): string =>
    until.includes('T')
      ? clockTime(Date.parse(until), now, phrases.locale)
      : fullDay(until, now, phrases.locale);
  return (
    <dl className="data-parts">
      {parts.map(({ part, sentence, kept, until }) => (
        <div key={part}>
          <dt>
            {words.part[part]}
            <span className={`data-kept data-kept-${kept}`}>{words.kept[kept]}</span>
          </dt>
          <dd>
            {sentence}
            {until !== null && <span className="data-until"> {words.until(when(until))}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function History(): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.data;
  const now = useNow(60_000);
  const { data, refusal, again } = useAnswer('history', getHistory);
  if (!data && refusal) return <NotFetched why={refusal} onAgain={again} />;
  if (!data || data.length === 0) return null;
  return (
    <section className="kept" aria-labelledby="history">
      <h2 id="history" className="section-heading">
        {words.historyTitle}
      </h2>
      <ul className="list-records">
        {data.map((entry, i) => (
          <li key={i}>
            <span>
              {entry.record_id === null ? (
                <bdi>{entry.title}</bdi>
              ) : (
                <Link to={recordAddress(entry.record_id)}>
                  <bdi>{entry.title}</bdi>
                </Link>
              )}
              {entry.author !== null && <bdi className="list-author"> {entry.author}</bdi>}
            </span>
            <span className="kept-fact">{words.seenOn(fullDay(entry.seen_on, now, phrases.locale))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function TakeOrErase({ csrf, onErased }: { csrf: string; onErased: () => void }): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.data;
  const { finish } = usePatron();
  const [asks, setAsks] = useState(false);
  const [deed, act] = useDeed<void>();
  const [leaving, leave] = useDeed<void>();
  const erase = async (): Promise<void> => {
    setAsks(false);
    const done = await act(() => eraseMyData(csrf));
    if (done.phase === 'told') onErased();
  };
  const everywhere = async (): Promise<void> => {
    const done = await leave(() => signOutEverywhere(csrf));
    if (done.phase === 'told') finish();
  };
  return (
    <section className="kept" aria-labelledby="take">
      <h2 id="take" className="section-heading">
        {words.takeTitle}
      </h2>
      <div className="data-way">
        <a className="way-on" href={EXPORT_ADDRESS} download="carrel-my-data.json">
          {words.take}
        </a>
        <p className="kept-fact">{words.takeMeans}</p>
      </div>
      <div className="data-way">
        {asks ? (
          <Confirm
            question={words.eraseSure}
            of=""
            keep={words.eraseNo}
            goOn={words.eraseYes}
            onKeep={() => setAsks(false)}
            onGoOn={() => void erase()}
          />
        ) : (
          <button type="button" className="way-on" onClick={() => setAsks(true)}>
            {words.erase}
          </button>
        )}
        <p className="kept-fact">{words.eraseMeans}</p>
        <p role="status">
          {deed.phase === 'told'
            ? words.erased
            : deed.phase === 'refused' || deed.phase === 'lost'
              ? words.failed
              : ''}
        </p>
      </div>
      <div className="data-way">
        <button type="button" className="way-on" onClick={() => void everywhere()}>
          {words.everywhere}
        </button>
        <p className="kept-fact">{words.everywhereMeans}</p>
        <p role="status">{leaving.phase === 'refused' || leaving.phase === 'lost' ? words.failed : ''}</p>
      </div>
    </section>
  );
}
