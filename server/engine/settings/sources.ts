import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Tables } from '../db/tables.js';
import { SealBroken, type Seal } from './seal.js';
import { wantedOf } from './wanted.js';

/** What a kind of source needs to be told, and what it is there for. */
export interface SourceKind {
  /** Name of the product or protocol, as people write it. */
  readonly title: string;
  /** `ils`: copies and patrons, at most one of them in use; `ecopies`: a lender of e-books; `feed`: records. */
  readonly role: 'ils' | 'ecopies' | 'feed';
  readonly schema: z.ZodObject<Record<string, z.ZodType>>;
}
export type SourceKinds = Readonly<Record<string, SourceKind>>;

/** A setting as staff may see it: a secret only says whether it is there. */
export type ShownSetting = { value: unknown } | { secret: true; isSet: boolean };

export interface SourceView {
  name: string;
  kind: string;
  enabled: boolean;
  settings: Record<string, ShownSetting>;
  changedAt: string;
  /** Why it cannot be used, as a sentence for staff. */
  trouble?: string;
}

/** A source with its settings in the clear; never to be shown or logged. */
export interface OpenedSource {
  name: string;
  kind: string;
  role: SourceKind['role'];
  settings: Record<string, unknown>;
}

/** What staff wanted to set cannot be; the message names every field that is wrong and repeats no value. */
export class SettingsTrouble extends Error {
  readonly fields: readonly { path: string; message: string }[];

  constructor(message: string, fields: readonly { path: string; message: string }[] = []) {
    super(message);
    this.name = 'SettingsTrouble';
    this.fields = fields;
  }
}

export interface SourceChange {
  kind?: string;
  /** Fields to set; undefined takes one away. A secret that is not named stays as it is. */
  settings?: Record<string, unknown>;
  enabled?: boolean;
}

const Name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const Stored = z.record(z.string(), z.unknown());

export type Sources = ReturnType<typeof createSources>;

/** The systems that this library has set up, in carrel.db; secrets sealed one by one, each for its own place. */
export function createSources(deps: {
  db: Kysely<Tables>;
  seal: Seal;
  kinds: SourceKinds;
  now?: () => Date;
}) {
  const { db, seal, kinds } = deps;
  const now = (): string => (deps.now?.() ?? new Date()).toISOString();

  const kindOf = (kind: string): SourceKind => {
    const found = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (found) return found;
    throw new SettingsTrouble(`Carrel knows no "${kind}"; it knows ${Object.keys(kinds).join(', ')}.`);
  };
  const place = (name: string, field: string): string => `source ${name} ${field}`;

  const opened = (row: { name: string; kind: string; settings: string }): Record<string, unknown> => {
    const secrets = secretsOf(kindOf(row.kind));
    const stored = Stored.parse(JSON.parse(row.settings));
    return Object.fromEntries(
      Object.entries(stored).map(([field, value]) => [
        field,
        secrets.has(field) && typeof value === 'string' ? seal.open(value, place(row.name, field)) : value,
      ]),
    );
  };
  const sealed = (name: string, kind: SourceKind, settings: Record<string, unknown>): string => {
    const secrets = secretsOf(kind);
    const fields = Object.entries(settings).filter(([, value]) => value !== undefined);
    return JSON.stringify(
      Object.fromEntries(
        fields.map(([field, value]) => [
          field,
          secrets.has(field) ? seal.close(String(value), place(name, field)) : value,
        ]),
      ),
    );
  };

  const find = (name: string) =>
    db.selectFrom('source_settings').selectAll().where('name', '=', name).executeTakeFirst();
  const get = async (name: string) => {
    const row = await find(name);
    if (row) return row;
    throw new SettingsTrouble(`There is no source "${name}".`);
  };
  const read = (row: Awaited<ReturnType<typeof get>>): OpenedSource => {
    const kind = kindOf(row.kind);
    try {
      return { name: row.name, kind: row.kind, role: kind.role, settings: checked(kind, opened(row)) };
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      throw new SettingsTrouble(
        `The secrets of "${row.name}" were sealed with another key file: put secret.key back, or set them again.`,
      );
    }
  };
  const troubleOf = (row: Awaited<ReturnType<typeof get>>): string | undefined => {
    try {
      read(row);
      return undefined;
    } catch (error) {
      if (error instanceof SettingsTrouble) return error.message;
      throw error;
    }
  };

  const requireOneIls = async (name: string): Promise<void> => {
    const rows = await db.selectFrom('source_settings').selectAll().where('enabled', '=', 1).execute();
    const other = rows.find((row) => row.name !== name && kinds[row.kind]?.role === 'ils');
    if (!other) return;
    throw new SettingsTrouble(
      `"${other.name}" is this library's system already, and there can be one: switch it off or remove it first.`,
    );
  };

  /** Two feeds under one name would take away each other's records. */
  const requireOwnName = async (name: string, kind: SourceKind, settings: Record<string, unknown>) => {
    const recordsAs = recordsAsOf(kind, settings);
    if (recordsAs === undefined) return;
    const rows = await db.selectFrom('source_settings').selectAll().where('enabled', '=', 1).execute();
    const other = rows.find(
      (row) =>
        row.name !== name &&
        recordsAsOf(kinds[row.kind], Stored.parse(JSON.parse(row.settings))) === recordsAs,
    );
    if (!other) return;
    throw new SettingsTrouble(
      `"${other.name}" keeps its records under "${recordsAs}" already, and a full harvest of one would take away those of the other: give this one another records_as.`,
    );
  };

  return {
    kinds,

    /** All sources by name, their secrets hidden. */
    async list(): Promise<SourceView[]> {
      const rows = await db.selectFrom('source_settings').selectAll().orderBy('name').execute();
      return rows.map((row) => {
        const trouble = troubleOf(row);
        return {
          name: row.name,
          kind: row.kind,
          enabled: row.enabled === 1,
          settings: shown(kinds[row.kind], Stored.parse(JSON.parse(row.settings))),
          changedAt: row.changed_at,
          ...(trouble !== undefined && { trouble }),
        };
      });
    },

    /** One source with its secrets. Throws SettingsTrouble when there is none, or when it cannot be used. */
    open: async (name: string): Promise<OpenedSource> => read(await get(name)),

    /**
     * Those that are switched on, and the sentences about those that cannot be used. `hasSystem`: there is a library
     * system or a lender among all that are set up, be it switched off or unusable.
     */
    async openAll(): Promise<{ sources: OpenedSource[]; troubles: string[]; hasSystem: boolean }> {
      const all = await db.selectFrom('source_settings').selectAll().execute();
      const hasSystem = all.some((row) => kinds[row.kind]?.role !== 'feed');
      const rows = all.filter((row) => row.enabled === 1);
      const sources: OpenedSource[] = [];
      const troubles: string[] = [];
      for (const row of rows) {
        const trouble = troubleOf(row);
        if (trouble === undefined) sources.push(read(row));
        else troubles.push(`${row.name}: ${trouble}`);
      }
      return { sources, troubles, hasSystem };
    },

    /** Adds a source or changes one. Throws SettingsTrouble naming all that is wrong; nothing is changed then. */
    async put(name: string, change: SourceChange): Promise<void> {
      if (!Name.safeParse(name).success) {
        throw new SettingsTrouble(
          'A source is named with small letters, digits and hyphens, such as "koha" or "city-oai".',
        );
      }
      const before = await find(name);
      const kindName = change.kind ?? before?.kind;
      if (kindName === undefined) {
        throw new SettingsTrouble(
          `"${name}" is new: say which kind it is (${Object.keys(kinds).join(', ')}).`,
        );
      }
      const kind = kindOf(kindName);
      if (before && before.kind !== kindName) {
        throw new SettingsTrouble(`"${name}" is of kind ${before.kind}: remove it first to make it another.`);
      }
      const kept = before === undefined ? {} : keepable(kind, opened, before, change.settings ?? {});
      const settings = checked(kind, { ...kept, ...change.settings });
      const enabled = change.enabled ?? (before === undefined || before.enabled === 1);
      if (enabled && kind.role === 'ils') await requireOneIls(name);
      if (enabled) await requireOwnName(name, kind, settings);
      const values = { settings: sealed(name, kind, settings), enabled: enabled ? 1 : 0, changed_at: now() };
      await db
        .insertInto('source_settings')
        .values({ name, kind: kindName, created_at: values.changed_at, ...values })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
        .execute();
    },

    /** Throws SettingsTrouble when there is none of this name. */
    async remove(name: string): Promise<void> {
      await get(name);
      await db.deleteFrom('source_settings').where('name', '=', name).execute();
    },
  };
}

/** The name under which the catalogue keeps what this source brings; undefined where it brings nothing. */
export function recordsAsOf(
  kind: SourceKind | undefined,
  settings: Readonly<Record<string, unknown>>,
): string | undefined {
  const feeds = kind?.role === 'feed' || settings['harvest'] === true;
  return feeds && typeof settings['records_as'] === 'string' ? settings['records_as'] : undefined;
}

/** Fields whose values are sealed and never shown. */
export function secretsOf(kind: SourceKind): ReadonlySet<string> {
  const fields = Object.entries(kind.schema.shape);
  return new Set(fields.filter(([, field]) => field.meta()?.['secret'] === true).map(([name]) => name));
}

/** What was set before; secrets that no longer open may be replaced, and only then. */
function keepable(
  kind: SourceKind,
  opened: (row: { name: string; kind: string; settings: string }) => Record<string, unknown>,
  row: { name: string; kind: string; settings: string },
  change: Record<string, unknown>,
): Record<string, unknown> {
  try {
    return opened(row);
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    const secrets = secretsOf(kind);
    const stored = Stored.parse(JSON.parse(row.settings));
    const lost = Object.keys(stored).filter((field) => secrets.has(field) && !(field in change));
    if (lost.length === 0) {
      return Object.fromEntries(Object.entries(stored).filter(([field]) => !secrets.has(field)));
    }
    throw new SettingsTrouble(
      `The secrets of "${row.name}" were sealed with another key file: set ${lost.join(' and ')} again.`,
    );
  }
}

function checked(kind: SourceKind, settings: Record<string, unknown>): Record<string, unknown> {
  const known = Object.keys(kind.schema.shape);
  const fields = Object.keys(settings)
    .filter((field) => !known.includes(field))
    .map((path) => ({ path, message: `${kind.title} has no such setting` }));
  for (const [path, value] of Object.entries(settings)) {
    if (holdsLogin(value)) fields.push({ path, message: LOGIN_IN_ADDRESS });
  }
  const result = kind.schema.safeParse(settings);
  for (const issue of result.error?.issues ?? []) {
    const path = issue.path.join('.');
    const field = kind.schema.shape[String(issue.path[0])];
    const isMissing = settings[String(issue.path[0])] === undefined;
    const message = `${isMissing ? 'is missing' : unusable(field, issue)} (${(field?.description ?? issue.code).replace(/\.$/, '')})`;
    if (!fields.some((one) => one.path === path)) fields.push({ path, message });
  }
  if (fields.length === 0 && result.success) return result.data;
  const sentence = fields.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new SettingsTrouble(`${kind.title} cannot be set up so: ${sentence}.`, fields);
}

/** The schema's own words may repeat the value, which may be a secret; those of a rule that Carrel added do not. */
function unusable(field: z.ZodType | undefined, issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom' && issue.message !== 'Invalid input') return issue.message;
  const wanted = field && wantedOf(field);
  return wanted === undefined ? 'is not usable' : `is not usable: it takes ${wanted}`;
}

const LOGIN_IN_ADDRESS =
  'holds a user name or a password, which everyone would see who may see the settings: they have settings of their own';

function holdsLogin(value: unknown): boolean {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password !== '';
}

function shown(kind: SourceKind | undefined, stored: Record<string, unknown>): Record<string, ShownSetting> {
  const secrets = kind && secretsOf(kind);
  const fields = kind ? Object.keys(kind.schema.shape) : Object.keys(stored);
  return Object.fromEntries(
    fields.flatMap((field): [string, ShownSetting][] => {
      // Of an unknown kind nobody can say what is secret.
      if (secrets === undefined || secrets.has(field)) {
        return [[field, { secret: true, isSet: stored[field] !== undefined }]];
      }
      return stored[field] === undefined ? [] : [[field, { value: stored[field] }]];
    }),
  );
}
