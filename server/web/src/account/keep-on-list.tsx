import { useState, type ReactNode } from 'react';
import { addList, changeList, getChoices, getLists } from '../api/my-data-api.js';
import { useAnswer } from '../api/use-answer.js';
import { usePhrases } from '../phrases/speech.js';
import { NotFetched } from './not-fetched.js';
import { Panel } from './panel.js';
import { usePatron } from './patron-desk.js';
import { NewListForm } from './saved-lists.js';
import { useDeed } from './use-deed.js';

/** A way to put a title on a list; it shows only for who has chosen to keep lists. */
export function KeepOnList({ recordId }: { recordId: string }): ReactNode {
  const { me } = usePatron();
  if (me?.signed_in !== true || me.csrf === null) return null;
  return <Chosen recordId={recordId} csrf={me.csrf} />;
}

function Chosen({ recordId, csrf }: { recordId: string; csrf: string }): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.lists;
  const { data } = useAnswer('choices', getChoices);
  const [isOpen, setOpen] = useState(false);
  if (data?.lists !== true) return null;
  return (
    <>
      <button type="button" className="way-on" onClick={() => setOpen(true)}>
        {words.keepThis}
      </button>
      {isOpen && (
        <Panel title={words.keepThis} onClose={() => setOpen(false)} closeWords={phrases.patron.close}>
          <WhichList recordId={recordId} csrf={csrf} />
        </Panel>
      )}
    </>
  );
}

function WhichList({ recordId, csrf }: { recordId: string; csrf: string }): ReactNode {
  const words = usePhrases().patron.lists;
  const { data: lists, refusal, again } = useAnswer('lists', getLists);
  const [deed, act] = useDeed<{ name: string }>();
  const put = async (work: () => Promise<{ name: string }>): Promise<boolean> => {
    const done = await act(work);
    again();
    return done.phase === 'told';
  };
  return (
    <div className="hold-step">
      {!lists && refusal && <NotFetched why={refusal} onAgain={again} />}
      <ul className="which-list">
        {lists?.map(({ list_id, name, records }) => {
          const ids = records.map(({ record_id }) => record_id);
          const isOn = ids.includes(recordId);
          return (
            <li key={list_id}>
              <button
                type="button"
                className="way-on"
                dir="auto"
                aria-disabled={isOn}
                onClick={() => !isOn && void put(() => changeList(list_id, [...ids, recordId], csrf))}
              >
                {name}
              </button>
            </li>
          );
        })}
      </ul>
      <NewListForm onMake={(name) => put(() => addList(name, [recordId], csrf))} />
      <p className="said-words" role="status">
        {deed.phase === 'told' && words.keptOn(deed.answer.name)}
        {(deed.phase === 'refused' || deed.phase === 'lost') && words.failed}
      </p>
    </div>
  );
}
