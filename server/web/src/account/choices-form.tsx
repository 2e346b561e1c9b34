import { useState, type ReactNode } from 'react';
import type { Choices, MyData } from '../../../contract/my-data.js';
import { choose } from '../api/my-data-api.js';
import { usePhrases } from '../phrases/speech.js';
import { Confirm } from './confirm.js';
import { useDeed } from './use-deed.js';

const DAYS: readonly Choices['keep_days'][] = [30, 90, 365];

interface ChoicesFormProps {
  choices: Choices;
  /** What is there now: switching off what holds something asks first. */
  parts: MyData['parts'];
  csrf: string;
  onChosen: () => void;
}

/** What the patron lets Carrel keep: all of it off until chosen, each with what it means and when it ends. */
export function ChoicesForm({ choices: kept, parts, csrf, onChosen }: ChoicesFormProps): ReactNode {
  const words = usePhrases().patron.data;
  const [deed, act] = useDeed<void>();
  const [asks, setAsks] = useState<'lists' | 'history'>();
  const [pending, setPending] = useState<{ next: Choices; kept: Choices }>();
  // A tick stands at once; it gives way to what the server has as soon as that is known.
  const choices = pending?.kept === kept ? pending.next : kept;
  const take = async (next: Choices): Promise<void> => {
    setAsks(undefined);
    setPending({ next, kept });
    const done = await act(() => choose(next, csrf));
    if (done.phase !== 'told') setPending(undefined);
    // Also when it failed: what stands is shown as the server has it.
    onChosen();
  };
  const turn = (part: 'lists' | 'history'): void => {
    const holds = (parts.find((one) => one.part === part)?.count ?? 0) > 0;
    if (choices[part] && holds) setAsks(part);
    else void take({ ...choices, [part]: !choices[part] });
  };
  return (
    <section className="kept" aria-labelledby="choices">
      <h2 id="choices" className="section-heading">
        {words.choicesTitle}
      </h2>
      <p className="data-intro">{words.choicesIntro}</p>
      {(['lists', 'history'] as const).map((part) => (
        <div key={part} className="data-choice">
          <label className="switch">
            <input
              type="checkbox"
              autoComplete="off"
              checked={choices[part]}
              aria-describedby={`${part}-means`}
              onChange={() => turn(part)}
            />
            <span>{words[part]}</span>
          </label>
          <p className="kept-fact" id={`${part}-means`}>
            {part === 'lists' ? words.listsMeans : words.historyMeans}
          </p>
          {asks === part && (
            <Confirm
              question={words.off(words[part])}
              of=""
              keep={words.offNo}
              goOn={words.offYes}
              onKeep={() => setAsks(undefined)}
              onGoOn={() => void take({ ...choices, [part]: false })}
            />
          )}
        </div>
      ))}
      {(choices.lists || choices.history) && (
        <fieldset className="choices data-days">
          <legend>{words.keepFor}</legend>
          {DAYS.map((days) => (
            <label key={days} className="choice">
              <input
                type="radio"
                name="keep-days"
                autoComplete="off"
                checked={choices.keep_days === days}
                onChange={() => void take({ ...choices, keep_days: days })}
              />
              <span>{words.days(days)}</span>
            </label>
          ))}
          <p className="kept-fact">{words.keepMeans}</p>
        </fieldset>
      )}
      <p className="data-said" role="status">
        {deed.phase === 'told'
          ? words.saved
          : deed.phase === 'refused' || deed.phase === 'lost'
            ? words.failed
            : ''}
      </p>
    </section>
  );
}
