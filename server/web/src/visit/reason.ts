import { useEffect } from 'react';
import { whenEndedElsewhere } from './end-visit.js';

/** Why a visit ends: its patron is done, the server had ended it already, or another page of this browser has. */
export type Reason = 'done' | 'signed_out' | 'elsewhere';

/** Ends this page's visit when another page of the browser has ended it. */
export function useEndElsewhere(onEnded: () => void): void {
  useEffect(() => whenEndedElsewhere(onEnded), [onEnded]);
}
