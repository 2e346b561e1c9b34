import { z } from 'zod';
import { Machine } from '../engine/models/machine.js';
import { gigabytes } from '../engine/models/memory.js';
import { usualTurn } from '../engine/models/recommend.js';
import { duration } from './job-progress.js';

const Felt = z.object({ first_seconds: z.number(), whole_seconds: z.number() });

const Speed = z.object({
  /** cpu, cuda, vulkan or metal. */
  device: z.string(),
  reading_per_second: z.number().nullable(),
  writing_per_second: z.number().nullable(),
  load_ms: z.number(),
  why: z.string(),
  felt: Felt.nullable(),
});

/** What `carrel doctor --json` answers. */
export const DoctorReport = z.object({
  machine: Machine,
  /** Of each role the id of the model in use, or null. */
  in_use: z.object({
    chat: z.string().nullable(),
    embedding: z.string().nullable(),
    reranker: z.string().nullable(),
  }),
  installed: z.array(z.object({ id: z.string(), role: z.string(), bytes: z.number() })),
  chat: z
    .object({
      model: z.string(),
      /** Whether the model was run, or only reckoned with from the speed of memory. */
      kind: z.enum(['measured', 'estimate']),
      speeds: z.array(Speed),
      /** The most tokens a second that memory allows; an estimate. */
      writing_ceiling: z.number().nullable(),
    })
    .nullable(),
  embedding: z
    .object({ model: z.string(), texts_per_second: z.number(), words_per_text: z.int() })
    .nullable(),
  recommended: z.object({
    chat: z.object({ id: z.string().nullable(), reason: z.string() }),
    embedding: z.object({ id: z.string().nullable(), reason: z.string() }),
  }),
  /** What is wrong and what to do, one sentence each. */
  troubles: z.array(z.string()),
  seconds: z.number(),
});
export type DoctorReport = z.infer<typeof DoctorReport>;

const records = 100_000;

/** The report as a librarian reads it. */
export function reportLines(report: DoctorReport): string {
  const { machine } = report;
  const lines = [
    'This machine',
    `  Processor   ${machine.processor}, ${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'}${machine.instructions.length === 0 ? '' : ` (${machine.instructions.join(', ')})`}`,
    `  Memory      ${gigabytes(machine.memory_bytes)}, ${gigabytes(machine.memory_free_bytes)} free${machine.memory_bytes_per_second === null ? '' : `; copies ${(machine.memory_bytes_per_second / 1e9).toFixed(1)} GB a second, measured`}`,
    `  Disk        ${gigabytes(machine.disk_free_bytes)} free for the data folder`,
    ...(machine.gpus.length === 0
      ? [`  GPU         ${machine.gpu_note}`]
      : machine.gpus.map(
          (gpu) =>
            `  GPU         ${gpu.names.join(', ') || 'unnamed'} by ${gpu.kind}, ${gigabytes(gpu.memory_bytes)}, ${gigabytes(gpu.free_bytes)} free`,
        )),
    '',
    'Models',
    `  Writing     ${report.in_use.chat ?? 'none: answers are composed from records'}`,
    `  Meaning     ${report.in_use.embedding ?? 'none: vectors are learned from the catalogue'}`,
    ...(report.in_use.reranker === null ? [] : [`  Order       ${report.in_use.reranker}`]),
    '',
    ...chatLines(report),
    ...embeddingLines(report),
    'What would suit it',
    ...[report.recommended.chat, report.recommended.embedding].flatMap(({ id, reason }) => [
      `  ${reason}`,
      ...fetching(report, id),
    ]),
  ];
  if (report.troubles.length > 0)
    lines.push('', 'What is wrong', ...report.troubles.map((trouble) => `  ${trouble}`));
  return `${lines.join('\n')}\n`;
}

/** How to get what is recommended, where it is not here. */
function fetching({ installed, in_use }: DoctorReport, id: string | null): string[] {
  if (id === null || Object.values(in_use).includes(id)) return [];
  const verb = installed.some((model) => model.id === id) ? 'use' : 'pull';
  return [`    carrel models ${verb} ${id}`];
}

function chatLines({ chat }: DoctorReport): string[] {
  if (chat === null) return [];
  const ceiling =
    chat.writing_ceiling === null
      ? []
      : [
          `  Memory lets it write at most ${figure(chat.writing_ceiling)} tokens a second (an estimate: each token reads the whole file).`,
        ];
  if (chat.kind === 'estimate') return [`What ${chat.model} would do here`, ...ceiling, ''];
  const measured = chat.speeds.flatMap((speed) => {
    const { reading_per_second: reading, writing_per_second: writing } = speed;
    return [
      `  ${speed.device.padEnd(11)} reads ${reading === null ? '?' : figure(reading)} and writes ${writing === null ? '?' : figure(writing)} tokens a second; loaded in ${(speed.load_ms / 1000).toFixed(1)} s.${speed.device === 'cpu' ? '' : ` ${speed.why}`}`,
      ...(speed.felt === null ? [] : [`  A patron    ${patronLine(speed.felt)}`]),
    ];
  });
  return [`What ${chat.model} does here, measured`, ...measured, ...ceiling, ''];
}

function embeddingLines({ embedding }: DoctorReport): string[] {
  if (embedding === null) return [];
  const { texts_per_second: pace, words_per_text: words } = embedding;
  return [
    `What ${embedding.model} does here, measured`,
    `  ${figure(pace)} texts of ${words} words a second on one thread: a catalogue of ${records.toLocaleString('en')} records takes about ${duration(records / pace)}.`,
    '',
  ];
}

/** "first words after about 3 s, a whole answer after about 12 s" */
export function patronLine(felt: { first_seconds: number; whole_seconds: number }): string {
  const seconds = (value: number): string => (value < 1 ? 'less than 1 s' : `about ${duration(value)}`);
  return `first words after ${seconds(felt.first_seconds)}, a whole answer after ${seconds(felt.whole_seconds)} (${usualTurn.promptTokens} tokens read, ${usualTurn.answerTokens} written); the books are there at once.`;
}

function figure(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toFixed(1);
}
