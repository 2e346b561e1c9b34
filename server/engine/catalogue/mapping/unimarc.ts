import {
  controlField,
  dataField,
  subfield,
  subfieldTexts,
  type MarcField,
  type MarcRecord,
  type Subfield,
} from '../formats/marc-record.js';

/** True for a record whose title stands where UNIMARC has it (200 $a) and not where MARC 21 has it (245). */
export function isUnimarc(record: MarcRecord): boolean {
  let has200 = false;
  for (const field of record.fields) {
    if (field.tag === '245') return false;
    if (field.tag === '200' && subfield(field, 'a') !== undefined) has200 = true;
  }
  return has200;
}

const audienceCodes: Readonly<Record<string, string>> = {
  a: 'j',
  b: 'a',
  c: 'b',
  d: 'c',
  e: 'd',
  k: 'e',
  m: 'g',
};
const subjectTags: Readonly<Record<string, string>> = {
  '600': '600', '601': '610', '602': '600', '604': '600', '605': '630', '606': '650', '607': '651', '608': '655',
  '610': '653', '615': '650',
}; // prettier-ignore
const nameTags: Readonly<Record<string, string>> = {
  '700': '100', '710': '110', '701': '700', '702': '700', '711': '710', '712': '710',
}; // prettier-ignore

/**
 * The main fields of a UNIMARC record under their MARC 21 tags: title, names, subjects, publication, extent,
 * languages, ISBN, notes, series, links. What has no counterpart is left out. Source: IFLA, "UNIMARC Manual".
 */
export function unimarcToMarc21(record: MarcRecord): MarcRecord {
  const fields: MarcField[] = [];
  let fixed = ' '.repeat(40);
  for (const field of record.fields) {
    const moved = movedField(field);
    if (moved !== undefined) fields.push(moved);
    if (field.tag === '100') fixed = fixedField(subfield(field, 'a') ?? '', fixed);
    if (field.tag === '101')
      fixed = fixed.slice(0, 35) + (subfield(field, 'a') ?? '   ').slice(0, 3).padEnd(3) + fixed.slice(38);
  }
  fields.push(controlField('008', fixed));
  // Leader/06 means nearly the same in both; l is UNIMARC's code for electronic resources.
  const type = record.leader[6] === 'l' ? 'm' : record.leader[6] === 'b' ? 't' : (record.leader[6] ?? 'a');
  return { leader: `${record.leader.slice(0, 6)}${type}${record.leader.slice(7)}`, fields };
}

/** 100 $a: 8 kind of date, 9-12 date, 17 audience. */
function fixedField(coded: string, fixed: string): string {
  const audience = audienceCodes[coded[17] ?? ''] ?? ' ';
  return `${fixed.slice(0, 6)}s${coded.slice(9, 13).padEnd(4)}${fixed.slice(11, 22)}${audience}${fixed.slice(23)}`;
}

function movedField(field: MarcField): MarcField | undefined {
  const { tag } = field;
  // 008 is no field of UNIMARC; what some systems put there is not MARC 21's.
  if (tag < '010') return tag === '008' ? undefined : field;
  const subject = subjectTags[tag];
  if (subject !== undefined) return moved(field, subject, 'abcdfjxyz', { f: 'd', j: 'v' }, ' 4', ', ');
  const name = nameTags[tag];
  if (name !== undefined) return nameField(field, name);
  switch (tag) {
    case '010':
      return moved(field, '020', 'az', {});
    case '011':
      return moved(field, '022', 'a', {});
    case '101':
      return moved(field, '041', 'ac', { c: 'h' });
    case '200':
      return titleField(field);
    case '205':
      return moved(field, '250', 'ab', {});
    case '210':
    case '214':
      return dataField('260', ' ', ' ', renamed(field, 'acd', { c: 'b', d: 'c' }));
    case '215':
      return moved(field, '300', 'acd', { c: 'b', d: 'c' });
    case '225':
      return moved(field, '490', 'av', {});
    case '300':
      return moved(field, '500', 'a', {});
    case '327':
      return moved(field, '505', 'a', {});
    case '330':
      return moved(field, '520', 'a', {});
    case '333':
      return moved(field, '521', 'a', {});
    case '500':
      return moved(field, '240', 'a', {});
    case '517':
      return moved(field, '246', 'ae', { e: 'b' });
    case '676':
      return moved(field, '082', 'a', {});
    case '856':
      return field;
    case '999':
      // Not the record's own: a harvest's mark, which says the number in the library's system.
      return subfield(field, '2') === 'carrel' ? field : undefined;
    default:
      return undefined;
  }
}

function titleField(field: MarcField): MarcField {
  const statement = subfieldTexts(field, 'fg').join(' ; ');
  const subfields = renamed(field, 'aehi', { e: 'b', h: 'n', i: 'p' });
  return dataField(
    '245',
    '0',
    '0',
    statement === '' ? subfields : [...subfields, { code: 'c', text: statement }],
  );
}

/** $a entry element, $b rest of the name: "Asimov" and "Isaac" are one name in MARC 21. */
function nameField(field: MarcField, tag: string): MarcField {
  const isPerson = tag.endsWith('00');
  const [main, rest] = [subfield(field, 'a') ?? '', subfield(field, 'b')];
  const clean = rest?.replace(/^[,\s]+/, '');
  const name =
    clean === undefined ? main : isPerson ? `${main.replace(/,\s*$/, '')}, ${clean}` : `${main}. ${clean}`;
  const others = renamed(field, 'cf4', { f: 'd' }).map((s) =>
    s.code === '4' ? { code: 'e', text: unimarcRoles[s.text] ?? '' } : s,
  );
  return dataField(tag, '1', ' ', [{ code: 'a', text: name }, ...others.filter((s) => s.text !== '')]);
}

const unimarcRoles: Readonly<Record<string, string>> = {
  '070': 'author', '010': 'adapter', '080': 'author of introduction', '230': 'composer', '300': 'director',
  '340': 'editor', '440': 'illustrator', '550': 'narrator', '590': 'performer', '600': 'photographer',
  '650': 'publisher', '730': 'translator', '690': 'screenwriter', '005': 'actor', '220': 'compiler',
}; // prettier-ignore

function moved(
  field: MarcField,
  tag: string,
  codes: string,
  names: Record<string, string>,
  indicators = '  ',
  glue?: string,
): MarcField {
  const subfields = renamed(field, codes, names);
  if (glue === undefined || (tag !== '600' && tag !== '610'))
    return dataField(tag, indicators[0] ?? ' ', indicators[1] ?? ' ', subfields);
  const [main, rest] = [subfield(field, 'a') ?? '', subfield(field, 'b')];
  const name =
    rest === undefined ? main : `${main.replace(/,\s*$/, '')}${glue}${rest.replace(/^[,\s]+/, '')}`;
  return dataField(tag, '1', '4', [
    { code: 'a', text: name },
    ...subfields.filter((s) => s.code !== 'a' && s.code !== 'b'),
  ]);
}

function renamed(field: MarcField, codes: string, names: Record<string, string>): Subfield[] {
  return field.subfields
    .filter((s) => codes.includes(s.code))
    .map((s) => ({ code: names[s.code] ?? s.code, text: s.text }));
}
