import { useState, type FormEvent, type ReactNode } from 'react';
import type { SavedList } from '../../../contract/my-data.js';
import { Link } from '../address.js';
import { addList, changeList, getLists, removeList } from '../api/my-data-api.js';
import { useAnswer } from '../api/use-answer.js';
import { usePhrases } from '../phrases/speech.js';
import { recordAddress } from '../route.js';
import { Confirm } from './confirm.js';
import { NotFetched } from './not-fetched.js';
import { useDeed } from './use-deed.js';

/** The patron's own lists. */
export function SavedLists({ csrf, onChanged }: { csrf: string; onChanged: () => void }): ReactNode {
  const words = usePhrases().patron.lists;
  const { data: lists, refusal, again } = useAnswer('lists', getLists);
  const [deed, act] = useDeed<unknown>();
  const change = async (work: () => Promise<unknown>): Promise<boolean> => {
    const done = await act(work);
    again();
    onChanged();
    return done.phase === 'told';
  };
  return (
    <section className="kept" aria-labelledby="lists">
      <h2 id="lists" className="section-heading" tabIndex={-1}>
        {words.title}
      </h2>
      {!lists && refusal && <NotFetched why={refusal} onAgain={again} />}
      {lists?.length === 0 && <p className="standing">{words.none}</p>}
      {lists?.map((list) => (
        <OneList key={list.list_id} list={list} csrf={csrf} onChange={change} />
      ))}
      <NewListForm onMake={(name) => change(() => addList(name, [], csrf))} />
      <p className="data-said" role="status">
        {deed.phase === 'refused' || deed.phase === 'lost' ? words.failed : ''}
      </p>
    </section>
  );
}

interface OneListProps {
  list: SavedList;
  csrf: string;
  onChange: (work: () => Promise<unknown>) => Promise<boolean>;
}

function OneList({ list, csrf, onChange }: OneListProps): ReactNode {
  const words = usePhrases().patron.lists;
  const [asks, setAsks] = useState(false);
  const without = (gone: string): string[] =>
    list.records.map(({ record_id }) => record_id).filter((id) => id !== gone);
  return (
    <div className="saved-list">
      <h3 dir="auto">{list.name}</h3>
      {list.records.length === 0 && <p className="kept-fact">{words.empty}</p>}
      <ul className="list-records">
        {list.records.map(({ record_id, title, author }) => (
          <li key={record_id}>
            <span>
              {title === null ? (
                <em>{words.noLonger}</em>
              ) : (
                <Link to={recordAddress(record_id)}>
                  <bdi>{title.original ?? title.text}</bdi>
                </Link>
              )}
              {author !== null && <bdi className="list-author"> {author.original ?? author.text}</bdi>}
            </span>
            <button
              type="button"
              className="action"
              aria-label={`${words.takeOff}: ${title?.text ?? words.noLonger}`}
              onClick={() => void onChange(() => changeList(list.list_id, without(record_id), csrf))}
            >
              {words.takeOff}
            </button>
          </li>
        ))}
      </ul>
      {asks ? (
        <Confirm
          question={words.removeSure}
          of={list.name}
          keep={words.removeNo}
          goOn={words.removeYes}
          onKeep={() => setAsks(false)}
          onGoOn={() => {
            document.getElementById('lists')?.focus();
            void onChange(() => removeList(list.list_id, csrf));
          }}
        />
      ) : (
        <button
          type="button"
          className="action"
          aria-label={`${words.remove}: ${list.name}`}
          onClick={() => setAsks(true)}
        >
          {words.remove}
        </button>
      )}
    </div>
  );
}

/** A name for a new list; `onMake` answers whether it was made, and until it was the name stays. */
export function NewListForm({ onMake }: { onMake: (name: string) => Promise<boolean> }): ReactNode {
  const words = usePhrases().patron.lists;
  const [name, setName] = useState('');
  const make = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '') return;
    void onMake(name.trim()).then((isMade) => isMade && setName(''));
  };
  return (
    <form className="new-list" autoComplete="off" onSubmit={make}>
      <label className="field">
        <span className="field-label">{words.newName}</span>
        <input
          type="text"
          autoComplete="off"
          maxLength={100}
          dir="auto"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <button type="submit" className="way-on" aria-disabled={name.trim() === ''}>
        {words.make}
      </button>
    </form>
  );
}
