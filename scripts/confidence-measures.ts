import { calibrationError, rankingArea } from '../server/lib/calibration.js';
import { askJudged } from './judged-confidence.js';

/** Below this the desk calls an answer a guess and offers a librarian. */
const guessBelow = 0.3;

/**
 * How far what search says of its own answers can be trusted, on the half of the questions that it was not fitted to.
 * All are shares from 0 to 1, and higher is better: `calibration` is one less the expected calibration error,
 * `not_held_flagged` and `held_kept` are questions on either side of the line for guesses.
 */
export async function measureConfidence(dirs: readonly string[], options: { signal: AbortSignal }) {
  const answers = (await askJudged(dirs, options)).filter(({ isForFitting }) => !isForFitting);
  const forecasts = answers.map(({ confidence, isRight }) => ({ stated: confidence, isRight }));
  const flagged = (isUnheld: boolean): number => {
    const list = answers.filter((one) => one.isUnheld === isUnheld);
    return list.filter(({ confidence }) => confidence < guessBelow).length / list.length;
  };
  return {
    calibration: 1 - calibrationError(forecasts),
    ranking_area: rankingArea(forecasts),
    not_held_flagged: flagged(true),
    held_kept: 1 - flagged(false),
  };
}
