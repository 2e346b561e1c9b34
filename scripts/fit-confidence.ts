/**
 * Fits what search says of its own answers to judged questions: `node dist/scripts/fit-confidence.js DIR...`, where each
 * DIR is a folder as docs/evaluation.md describes. Half of the questions are fitted to and the other half tests. Prints
 * the tables to standard error and the map to standard output, ready to be data/knowledge/confidence/retrieval.yaml, or
 * knowledge/confidence/retrieval.yaml in a library's own data folder.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  mapped,
  signalNames,
  type ConfidenceMap,
  type Signals,
} from '../server/engine/retrieval/confidence-map.js';
import { calibrationError, fitLogistic, rankingArea, reliability } from '../server/lib/calibration.js';
import { askJudged, type JudgedAnswer } from './judged-confidence.js';

const dirs = process.argv.slice(2);
if (dirs.length === 0 || !dirs.every((dir) => existsSync(join(dir, 'qrels.tsv')))) {
  console.error('Name one or more folders that hold catalogue.mrc, queries.jsonl and qrels.tsv.');
  process.exitCode = 2;
} else await main();

async function main(): Promise<void> {
  const answers = await askJudged(dirs, { signal: new AbortController().signal });
  const fitting = answers.filter(({ isForFitting }) => isForFitting);
  const testing = answers.filter(({ isForFitting }) => !isForFitting);
  const found = fitting.filter(
    (one): one is JudgedAnswer & { signals: Signals } => one.signals !== undefined,
  );
  const rows = found.map(({ signals, isRight }) => ({
    features: signalNames.map((name) => signals[name]),
    isRight,
  }));
  const { base, weights } = fitLogistic(rows);
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  const map: ConfidenceMap = {
    base: round(base),
    weights: Object.fromEntries(
      signalNames.map((name, at) => [name, round(weights[at] ?? 0)]),
    ) as ConfidenceMap['weights'],
  };
  const stated = (list: JudgedAnswer[]) =>
    list.map(({ signals, isRight }) => ({ stated: signals ? mapped(signals, map) : 0, isRight }));

  console.error('As search says it now, on the half that tests:');
  show(testing.map(({ confidence, isRight }) => ({ stated: confidence, isRight })));
  console.error('\nWith the new map, on the half that tests:');
  const after = show(stated(testing));
  console.error('\nline  right answers below it  wrong answers below it');
  const share = (line: number, isRight: boolean) => {
    const list = stated(testing).filter((one) => one.isRight === isRight);
    return `${((list.filter((one) => one.stated < line).length * 100) / list.length).toFixed(1)} %`;
  };
  for (const line of [0.2, 0.25, 0.3, 0.35, 0.4, 0.5])
    console.error(`${line.toFixed(2)}  ${share(line, true).padStart(23)} ${share(line, false).padStart(23)}`);

  const unheld = answers.filter(({ isUnheld }) => isUnheld).length;
  console.log(`# How retrieval's signals become confidence: the share of judged questions like it that had a relevant record among
# the first five. Made by scripts/fit-confidence; docs/evaluation.md says how to make one for your own questions.
base: ${map.base}
weights:
${signalNames.map((name) => `  ${name}: ${map.weights[name]}`).join('\n')}
fitted:
  questions: ${answers.length - unheld}
  not_held: ${unheld}
  fitted_to: ${fitting.length}
  tested_on: ${testing.length}
  calibration_error: ${round(after.error)}
  ranking_area: ${round(after.area)}`);
}

function show(forecasts: { stated: number; isRight: boolean }[]): { error: number; area: number } {
  const error = calibrationError(forecasts);
  const area = rankingArea(forecasts);
  console.error('from      n  stated  right');
  for (const { from, count, stated, right } of reliability(forecasts))
    console.error(
      `${from.toFixed(1)}  ${String(count).padStart(6)}  ${stated.toFixed(3).padStart(6)}  ${right.toFixed(3)}`,
    );
  console.error(`calibration error ${error.toFixed(3)}, ranking area ${area.toFixed(3)}`);
  return { error, area };
}
