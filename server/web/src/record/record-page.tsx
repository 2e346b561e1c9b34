import { useEffect, type ReactNode } from 'react';
import type { RecordBrief, RecordView } from '../../../contract/record.js';
import { KeepOnList } from '../account/keep-on-list.js';
import { inAt, mayHold } from '../account/may-hold.js';
import { usePatron } from '../account/patron-desk.js';
import { Link } from '../address.js';
import { getRecord, type RecordDetail } from '../api/carrel-api.js';
import { languageTag } from '../api/languages.js';
import { useAnswer } from '../api/use-answer.js';
import { Cover, type Covered } from '../card/cover.js';
import { FormatIcon } from '../card/format-icon.js';
import { briefOf, type Conversation } from '../conversation/conversation.js';
import { refusalWords } from '../conversation/notice.js';
import { BackStep } from '../back-step.js';
import { usePhrases } from '../phrases/speech.js';
import { searchAddress } from '../route.js';
import { BookFacts } from './book-facts.js';
import { Contributors } from './contributors.js';
import { FoldedText } from './folded-text.js';
import { useShelfNews } from './shelf-news.js';
import { SimilarShelf } from './similar-shelf.js';
import { Standing } from './standing.js';

/** A title longer than this is set like a paragraph. */
const LONG = 90;

interface RecordPageProps {
  id: string;
  /** The conversation left open behind this page: its cards know the cover that the patron came from. */
  conversation: Conversation;
  onAsk: (text: string) => void;
}

/** Everything about one title: what it is, where it stands, and what stands near it. */
export function RecordPage({ id, conversation, onAsk }: RecordPageProps): ReactNode {
  const phrases = usePhrases();
  const { data, refusal, loading, again } = useAnswer(id, (signal) => getRecord(id, signal));
  const detail = data?.record.record_id === id ? data : undefined;
  useEffect(() => {
    if (!detail) return;
    document.title = `${detail.record.title.text} · Carrel`;
    return () => {
      document.title = 'Carrel';
    };
  }, [detail]);

  return (
    <main id="content" className="record" tabIndex={-1}>
      <BackStep />
      {!detail && refusal && (
        <div className="record-missing">
          {refusal.kind === 'problem' && refusal.code === 'record_not_found' ? (
            <>
              <h1>{phrases.recordUnknown}</h1>
              <p>{phrases.recordUnknownBody}</p>
            </>
          ) : (
            <>
              <h1 className="record-refused">{refusalWords(refusal, phrases)}</h1>
              <button type="button" className="way-on" onClick={again}>
                {phrases.tryAgain}
              </button>
            </>
          )}
        </div>
      )}
      {!detail && !refusal && loading && <p className="standing standing-looking">{phrases.looking}</p>}
      {detail && <Whole detail={detail} known={briefOf(id, conversation)} again={again} onAsk={onAsk} />}
    </main>
  );
}

interface WholeProps {
  detail: RecordDetail;
  known: RecordBrief | undefined;
  again: () => void;
  onAsk: (text: string) => void;
}

function Whole({ detail, known, again, onAsk }: WholeProps): ReactNode {
  const { record } = detail;
  const availability = useShelfNews(detail);
  const phrases = usePhrases();
  const { me, wish } = usePatron();
  return (
    <>
      <div className="record-head">
        <div className="record-cover">
          <Cover of={known ?? coveredFrom(record)} />
        </div>
        <div className="record-title-page">
          <Titles record={record} />
          <Contributors of={record.contributors} />
          <p className="record-imprint">
            <FormatIcon format={record.format} />
            {[phrases.format[record.format], record.publisher?.text, record.year]
              .filter((p) => p !== undefined && p !== '')
              .join(' · ')}
          </p>
          {record.summary !== undefined && (
            <p className="record-summary" dir="auto">
              {record.summary}
            </p>
          )}
          {record.content_warnings.length > 0 && (
            <aside className="record-warnings">
              <h2>{phrases.warnings}</h2>
              <ul>
                {record.content_warnings.map((warning) => (
                  <li key={warning}>{warning}</li>
                ))}
              </ul>
            </aside>
          )}
          <div className="record-ways">
            {me?.can.place_holds === true && mayHold(availability) && (
              <button
                type="button"
                className="way-on"
                onClick={() => wish({ ...(known ?? coveredFrom(record)), inAt: inAt(availability) })}
              >
                {phrases.patron.hold.title}
              </button>
            )}
            <button
              type="button"
              className="way-on"
              onClick={() => onAsk(phrases.moreLike(record.title.original ?? record.title.text))}
            >
              {phrases.moreLikeThis}
            </button>
            <KeepOnList recordId={record.record_id} />
          </div>
        </div>
      </div>
      <Standing record={record} availability={availability} again={again} />
      <BookFacts record={record} />
      {record.contents !== undefined && <FoldedText heading={phrases.contents} texts={[record.contents]} />}
      {record.notes.length > 0 && <FoldedText heading={phrases.notes} texts={record.notes} />}
      <SimilarShelf id={record.record_id} />
    </>
  );
}

function Titles({ record: { title, subtitle, languages, series } }: { record: RecordView }): ReactNode {
  const lang = languages[0] === undefined ? undefined : languageTag(languages[0]);
  const direction = title.direction ?? 'auto';
  return (
    <>
      {series[0] && (
        <p className="record-series">
          <Link to={searchAddress(series[0].name)}>{series[0].name}</Link>
          {series[0].volume !== undefined && `, ${series[0].volume}`}
        </p>
      )}
      <h1 className={title.text.length > LONG ? 'record-title record-title-long' : 'record-title'}>
        <bdi lang={title.original === undefined ? undefined : lang} dir={direction}>
          {title.original ?? title.text}
        </bdi>
        {subtitle && (
          <span className="record-subtitle" dir={subtitle.direction ?? 'auto'}>
            {subtitle.original ?? subtitle.text}
          </span>
        )}
      </h1>
      {title.original !== undefined && (
        <p className="record-romanised">
          {title.text}
          {subtitle?.original !== undefined && `: ${subtitle.text}`}
        </p>
      )}
    </>
  );
}

/** A brief as the server makes it, for a page that was opened without one. */
function coveredFrom(record: RecordView): Covered {
  const author = record.contributors[0];
  return {
    record_id: record.record_id,
    title: record.title,
    author: author ?? null,
    subject: record.subjects[0]?.text ?? record.genres[0] ?? null,
    format: record.format,
    cover: null,
  };
}
