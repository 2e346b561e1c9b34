import type { ReactNode } from 'react';
import { usePhrases } from '../phrases/speech.js';
import { NotFetched } from './not-fetched.js';
import { usePatron } from './patron-desk.js';

/** While it is not known who is signed in: that it is being asked, or why nobody can say and the way to ask again. */
export function Unasked(): ReactNode {
  const phrases = usePhrases();
  const { unasked } = usePatron();
  return unasked ? (
    <NotFetched why={unasked.why} onAgain={unasked.again} />
  ) : (
    <p className="standing standing-looking">{phrases.patron.askingWho}</p>
  );
}
