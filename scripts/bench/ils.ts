import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { measureCrowd, type Crowd } from './ils-crowd.js';
import { startKoha, type KohaProcess } from './ils-koha.js';
import { numberSample, openLibrary, type NumberedLibrary } from './ils-library.js';
import { startAgeingServer, type AgeingServer } from './ils-server.js';
import { takeTurns, type TurnTimes } from './ils-turns.js';
import { exchange } from './load.js';
import { percentiles } from './percentiles.js';
import { askQuestions } from './questions.js';

const usage = `npm run bench -- ils [--patrons 1000] [--minutes 3] [--rounds 3] [--turns 100] [--quick]

Puts a simulated Koha behind the sample catalogue and measures what the shield is for: how often a crowd's questions reach
the system; what turns cost while it is well, slow (2 s an answer), silent (it never answers) and stopped; how soon copies
are fresh again after its return. Before every turn all that is remembered grows stale, so that each has to ask. Ratios
are medians over the rounds, each state against the well one of its own round. About eleven minutes; --quick about three.`;

const RECORDS_ASKED = 20;
const SLOW_MS = 2_000;
/** A slow turn takes seconds: there are fewer of them. */
const SLOW_SHARE = 0.25;
/** Between two looks of somebody who looks again and again. */
const LOOK_MS = 100;

const states = ['well', 'slow', 'silent', 'stopped'] as const;
type State = (typeof states)[number];
interface House {
  server: AgeingServer;
  koha: KohaProcess;
  library: NumberedLibrary;
}

/** Runs `npm run bench -- ils`. */
export async function benchIls(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      patrons: { type: 'string' },
      minutes: { type: 'string' },
      rounds: { type: 'string' },
      turns: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const { quick } = values;
  console.log(`Machine: ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`);
  console.log(`Load at the start: ${loadavg()[0]?.toFixed(2)}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'carrel-bench-'));
  const library = numberSample(folder);
  const koha = await startKoha(library.ids.length);
  try {
    await openLibrary(join(folder, 'data'), library.file, koha.url);
    const server = await startAgeingServer(join(folder, 'data'));
    const house = { server, koha, library };
    try {
      const patrons = Number(values.patrons ?? 1000);
      const minutes = Number(values.minutes ?? (quick ? 1.2 : 3));
      const crowd = await measureCrowd(house, library.ids.slice(0, RECORDS_ASKED), { patrons, minutes });
      say(crowdRows(crowd, patrons, minutes));
      const rounds = Number(values.rounds ?? (quick ? 1 : 3));
      say(await turnRows(house, rounds, Number(values.turns ?? (quick ? 24 : 100))));
      say(await returnRows(house, quick ? 2 : 6));
    } finally {
      await server.stop();
    }
  } finally {
    await koha.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\nLoad at the end: ${loadavg()[0]?.toFixed(2)}`);
}

function crowdRows(crowd: Crowd, patrons: number, minutes: number): string[][] {
  const { atOnce, overTime, closestSeconds } = crowd;
  const answers = (one: Crowd['atOnce']): string =>
    `${one.count} answers, statuses ${JSON.stringify(one.statuses)}, p50 ${ms(one.p50)}, p95 ${ms(one.p95)}`;
  return [
    [`${patrons} patrons, the same ${RECORDS_ASKED} records, all at once`, answers(atOnce)],
    [`the same for ${minutes} minutes more`, answers(overTime)],
    ['requests to the system for one record in any minute, most', String(crowd.mostAMinute)],
    [
      'requests to the system in all; closest two for one record',
      `${crowd.upstream}; ${Number.isFinite(closestSeconds) ? `${closestSeconds.toFixed(1)} s` : 'none twice'}`,
    ],
    ['event loop meanwhile, p99', ms(crowd.eventLoopP99Ms)],
  ];
}

async function turnRows(house: House, rounds: number, turns: number): Promise<string[][]> {
  const { server, library } = house;
  const share = (state: State): number =>
    state === 'slow' ? Math.max(8, Math.round(turns * SLOW_SHARE)) : turns;
  const needed = 20 + rounds * states.reduce((sum, state) => sum + share(state), 0);
  // A question that was asked before is remembered: each is asked once.
  const questions = [...new Set(askQuestions(library, needed * 2, 17))];
  if (questions.length < needed) throw new Error('the sample has too few questions for so many turns');
  await knowAll(house);
  await takeTurns(server, questions.splice(0, 20));
  const all: Record<State, TurnTimes[]> = { well: [], slow: [], silent: [], stopped: [] };
  const loop: Record<State, number[]> = { well: [], slow: [], silent: [], stopped: [] };
  const ratios: Record<State, number[]> = { well: [], slow: [], silent: [], stopped: [] };
  const slowWords: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const p95 = new Map<State, { words: number; whole: number }>();
    for (const state of states) {
      await put(house, state);
      server.resetProbe();
      const taken = await takeTurns(server, questions.splice(0, share(state)));
      loop[state].push((await server.readProbe()).p99Ms);
      all[state].push(...taken);
      const of = (part: 'words' | 'whole'): number => percentiles(taken.map((one) => one[part])).p95;
      p95.set(state, { words: of('words'), whole: of('whole') });
      await put(house, 'well');
      await untilFresh(house);
    }
    const well = p95.get('well') ?? { words: NaN, whole: NaN };
    for (const state of states) ratios[state].push((p95.get(state)?.whole ?? NaN) / well.whole);
    slowWords.push((p95.get('slow')?.words ?? NaN) / well.words);
  }
  return [
    ...states.map((state) => [
      `turns, system ${state}`,
      `${partsOf(all[state])}; ${Math.round((100 * all[state].filter(({ isOld }) => isOld).length) / all[state].length)} % tell older copies; event loop p99 ${ms(Math.max(...loop[state]))}`,
    ]),
    ['ratio of p95 of the whole turn, stopped / well', median(ratios.stopped).toFixed(2)],
    ['the same, silent / well', median(ratios.silent).toFixed(2)],
    [
      'the same, slow / well; of its first words',
      `${median(ratios.slow).toFixed(2)}; ${median(slowWords).toFixed(2)}`,
    ],
  ];
}

async function returnRows(house: House, times: number): Promise<string[][]> {
  const { server, koha } = house;
  const waits: number[] = [];
  server.resetProbe();
  for (let time = 0; time < times; time += 1) {
    await put(house, 'stopped');
    await server.later();
    // Somebody goes on asking meanwhile, and the system comes back at another moment each time.
    for (let look = 0; look < 15 + time * 9; look += 1) {
      await isFresh(house);
      await sleep(LOOK_MS);
    }
    await koha.comeBack();
    waits.push(await untilFresh(house));
  }
  const { p99Ms } = await server.readProbe();
  const shown = waits.map((wait) => `${(wait / 1000).toFixed(1)}`).join(', ');
  return [
    [
      'from the system’s return to fresh copies, longest',
      `${(Math.max(...waits) / 1000).toFixed(1)} s (${shown})`,
    ],
    ['event loop meanwhile, p99', ms(p99Ms)],
  ];
}

async function put({ koha }: House, state: State): Promise<void> {
  if (state === 'stopped') return await koha.leave();
  await koha.comeBack();
  await koha.slow(state === 'slow' ? SLOW_MS : state === 'silent' ? Infinity : 0);
}

/** Every record is asked about once, so that there is a word on each to grow old. */
async function knowAll({ server, library }: House): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const ask = (id: string) => exchange(agent, 'GET', `${server.base}/api/v1/records/${id}/availability`);
  await Promise.all(library.ids.map(ask));
  agent.destroy();
}

async function isFresh({ server, library }: House): Promise<boolean> {
  const agent = new Agent();
  const url = `${server.base}/api/v1/records/${library.ids[0] ?? ''}/availability`;
  const { body } = await exchange(agent, 'GET', url);
  const { stale, asOf } = JSON.parse(body) as { stale: boolean; asOf: string | null };
  return !stale && asOf !== null;
}

/** Milliseconds until the copies of a record are told fresh; somebody looks every tenth of a second. */
async function untilFresh(house: House): Promise<number> {
  const startedAt = performance.now();
  while (!(await isFresh(house))) {
    if (performance.now() - startedAt > 120_000) throw new Error('copies were not fresh within two minutes');
    await sleep(LOOK_MS);
  }
  return performance.now() - startedAt;
}

function partsOf(taken: readonly TurnTimes[]): string {
  const part = (name: 'cards' | 'words' | 'whole'): string => {
    const { p50, p95 } = percentiles(taken.map((one) => one[name]));
    return `${name} p50 ${ms(p50)}, p95 ${ms(p95)}`;
  };
  return `${taken.length} turns: ${part('cards')}; ${part('words')}; ${part('whole')}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

function ms(value: number): string {
  return `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

function say(rows: readonly string[][]): void {
  for (const [name, figure] of rows) console.log(`| ${name} | ${figure} |`);
}
