import type { Chance } from './chance.js';

/** The stamps a binder owns. */
export const families = [
  'waves',
  'branches',
  'stars',
  'lattice',
  'rules',
  'medallion',
  'grid',
  'botanical',
  'arches',
  'rays',
  'contours',
  'diamonds',
] as const;
export type PatternFamily = (typeof families)[number];

/** Words of subjects and genres, in the languages catalogues are most often kept in, and the stamp they call for. */
const called: readonly [PatternFamily, RegExp][] = [
  ['waves', /\b(sea|seas|ocean|marine|water|river|lake|fish|ship|sail|naval|whal|pirate|swim|mar|mares|océano|agua|río|barco|mer)/i],
  ['stars', /\b(astronom|space|planet|star|cosmo|science fiction|ciencia ficción|espacio|estrella|night|dream|magic|fantas|fairy|hadas|spirit|occult)/i],
  ['botanical', /\b(garden|plant|flower|botan|herb|nature|naturaleza|jardín|flor|love|romance|amor|cook|food|cocina|recipe|agricult|farm)/i],
  ['branches', /\b(tree|forest|wood|bosque|árbol|bird|ave|animal|dog|cat|wolf|ecolog|environment|climate|famil|poe[tms]|lyric|short stor|cuento)/i],
  ['medallion', /\b(biograph|autobiograph|memoir|biografía|memorias|letters|diar|king|queen|rey|reina|art|arte|paint|museum|philosoph|filosof)/i],
  ['lattice', /\b(mathemat|matemátic|logic|algebra|arab|islam|persia|middle east|textile|craft|knit|sew|religio|bible|buddh)/i],
  ['grid', /\b(comput|program|informát|engineer|technolog|tecnolog|econom|business|statist|cit(y|ies)|ciudad|urban|games?|chess|physics|chemistr)/i],
  ['rules', /\b(histor|war|guerra|politic|law|derecho|government|social|sociolog|education|dictionar|gramática|grammar|language|lengua|reference)/i],
  ['arches', /\b(architect|arquitect|church|iglesia|middle ages|medieval|myth|mito|legend|leyenda|rome|roman|greece|greek|gothic|ghost|horror|terror|death|grief)/i],
  ['rays', /\b(humou?r|comed|juvenile|infantil|child|niñ|picture book|school|music|música|sport|deporte|dance|theat|teatro|drama)/i],
  ['contours', /\b(travel|viaje|geograph|map|mountain|montañ|island|isla|explor|adventure|aventura|geolog|desert|polar|west)/i],
  ['diamonds', /\b(mystery|misterio|detective|crime|crimen|police|policíac|thriller|suspense|espionage|spy|spies|murder)/i],
]; // prettier-ignore

/** The stamp for a subject, or one by chance when the subject calls for none. */
export function familyFor(subject: string | null, chance: Chance): PatternFamily {
  const byChance = chance.pick(families);
  if (subject === null) return byChance;
  return called.find(([, words]) => words.test(subject))?.[0] ?? byChance;
}
