import type { ListedModel } from '../engine/models/model-store.js';
import { modelRoles } from '../engine/models/model.js';
import { gigabytes } from '../engine/models/memory.js';

const titles = {
  chat: 'To read questions and write',
  embedding: 'For meaning',
  reranker: 'To put found records into order',
};

/** The models by what they are for, as a person reads them. */
export function listLines(models: readonly ListedModel[]): string {
  const lines: string[] = [];
  for (const role of modelRoles) {
    const of = models.filter((model) => (model.installed ?? model.offered)?.role === role);
    if (of.length === 0) continue;
    lines.push(`${titles[role]} (${role}):`, '');
    for (const model of of) lines.push(...entry(model), '');
  }
  if (!models.some((model) => model.installed)) {
    lines.push(
      'None is installed, and none is needed. carrel doctor says what this machine can carry, carrel models pull ID fetches one.',
      '',
    );
  }
  return lines.join('\n');
}

function entry({ id, installed, offered, chosen, trouble }: ListedModel): string[] {
  const mark = chosen ? '*' : installed === undefined ? ' ' : '+';
  const state = chosen ? 'in use' : installed === undefined ? '' : 'installed';
  const name = installed?.name ?? offered?.name ?? id;
  const size =
    installed === undefined ? `about ${gigabytes(offered?.about_bytes ?? 0)}` : gigabytes(installed.bytes);
  const licence = installed?.licence.name ?? offered?.licence.name ?? '';
  const asks = offered?.licence.accept === true && installed === undefined ? ', to be accepted' : '';
  const box = offered === undefined ? '' : `, for ${offered.memory.least_gib} GB of memory and more`;
  return [
    ` ${mark} ${id}${state === '' ? '' : ` (${state})`}`,
    `     ${name}: ${size}${box}; ${licence}${asks}`,
    ...(trouble === undefined ? [] : [`     ${trouble}`]),
    ...(offered === undefined ? [] : [`     ${offered.notes}`]),
  ];
}

/** The same for programs. */
export function listJson(models: readonly ListedModel[]): object {
  return {
    models: models.map(({ id, installed, offered, chosen, trouble }) => ({
      id,
      role: (installed ?? offered)?.role,
      name: installed?.name ?? offered?.name,
      state: chosen ? 'in_use' : installed === undefined ? 'offered' : 'installed',
      bytes: installed?.bytes ?? offered?.bytes ?? null,
      about_bytes: offered?.about_bytes ?? null,
      least_memory_gib: offered?.memory.least_gib ?? null,
      licence: installed?.licence.name ?? offered?.licence.name ?? null,
      sha256: installed?.sha256 ?? null,
      trouble: trouble ?? null,
    })),
  };
}
