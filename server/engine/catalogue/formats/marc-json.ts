import { z } from 'zod';
import type { Frame } from './frame.js';
import type { ParsedRecord } from './iso2709-record.js';
import { controlField, dataField, leaderOf, type MarcField, type Subfield } from './marc-record.js';
import { addNotice, notice, type Notice } from './notices.js';
import { refusedType } from './record-type.js';
import { tidyText } from './text-repair.js';

const Text = z.union([z.string(), z.number()]).transform(String);
const Indicator = Text.optional().default(' ');

/** MARC-in-JSON: {"leader", "fields": [{"001": ".."}, {"245": {"ind1", "ind2", "subfields": [{"a": ".."}]}}]}. */
const KeyedField = z.record(
  z.string(),
  z.union([
    Text,
    z.object({ ind1: Indicator, ind2: Indicator, subfields: z.array(z.record(z.string(), Text.nullable())) }),
  ]),
);
/** marc-hash: "fields": [["001", ".."], ["245", "1", "0", [["a", ".."]]]]. */
const ListedField = z.union([
  z.tuple([z.string(), Text]),
  z.tuple([z.string(), Text, Text, z.array(z.tuple([z.string(), Text]))]),
]);
const Keyed = z.object({ leader: Text.optional(), fields: z.array(z.union([ListedField, KeyedField])) });

/** The other "marc-json": {"leader", "controlfield": [{"tag", "data"}], "datafield": [{"tag", "ind", "subfield"}]}. */
const Tagged = z
  .object({
    leader: Text.optional(),
    controlfield: z.array(z.object({ tag: Text, data: Text })).default([]),
    datafield: z
      .array(
        z.object({
          tag: Text,
          ind: z.string().default('  '),
          subfield: z.array(z.object({ code: Text, data: Text })),
        }),
      )
      .default([]),
  })
  .refine((record) => record.controlfield.length + record.datafield.length > 0);

/** Reads one record in any of the three JSON shapes that are in use; anything else is refused. */
export function parseMarcJson(frame: Frame): ParsedRecord {
  const notices: Notice[] = [];
  const where = { detail: `line ${frame.line ?? 1}` };
  const json = parseJson(frame.bytes);
  const keyed = Keyed.safeParse(json);
  const tagged = keyed.success ? undefined : Tagged.safeParse(json);
  let leader: string;
  let fields: MarcField[];
  if (keyed.success) {
    leader = keyed.data.leader ?? '';
    fields = keyed.data.fields.flatMap((field) =>
      Array.isArray(field) ? listedField(field) : keyedFields(field),
    );
  } else if (tagged?.success) {
    leader = tagged.data.leader ?? '';
    fields = [
      ...tagged.data.controlfield.map(({ tag, data }) => controlField(tag, tidyText(data, false))),
      ...tagged.data.datafield.map(({ tag, ind, subfield }) =>
        dataField(
          tag,
          ind[0] ?? ' ',
          ind[1] ?? ' ',
          subfield.map(({ code, data }) => text(code, data)),
        ),
      ),
    ];
  } else return { refusal: notice('json_invalid', where) };

  const good = fields.filter((field) => {
    const isTag = /^[0-9A-Za-z]{3}$/.test(field.tag);
    if (!isTag) addNotice(notices, 'tag_damaged', { field: field.tag });
    return isTag;
  });
  if (good.length === 0) return { refusal: notice('no_fields') };
  const record = { leader: leaderOf(leader), fields: good };
  const refused = refusedType(record.leader);
  return refused === undefined ? { record, notices } : { refusal: notice(refused), record };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined; // No JSON fits no shape, so the caller refuses it.
  }
}

function keyedFields(field: z.infer<typeof KeyedField>): MarcField[] {
  return Object.entries(field).map(([tag, content]) => {
    if (typeof content === 'string') return controlField(tag, tidyText(content, false));
    const subfields = content.subfields.flatMap((s) =>
      Object.entries(s).flatMap(([code, value]) => (value === null ? [] : text(code, value))),
    );
    return dataField(tag, content.ind1, content.ind2, subfields);
  });
}

function listedField(field: z.infer<typeof ListedField>): MarcField {
  if (field.length === 2) return controlField(field[0], tidyText(field[1], false));
  const [tag, ind1, ind2, subfields] = field;
  return dataField(
    tag,
    ind1,
    ind2,
    subfields.map(([code, value]) => text(code, value)),
  );
}

function text(code: string, value: string): Subfield {
  return { code, text: tidyText(value, false) };
}
