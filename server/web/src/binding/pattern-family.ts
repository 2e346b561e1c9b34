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
  ['waves', /\b(seas?|seafar\w*|oceans?|marine|water|rivers?|lakes?|fish\w*|ships?|shipwreck\w*|sail\w*|naval|whal\w+|pirat\w+|swim\w*|mar|mares|marino|océanos?|agua|ríos?|barcos?|lighthouses?|islands?)\b/i],
  ['stars', /\b(astronom\w*|space|planets?|stars?|cosmo\w*|science fiction|ciencia ficción|espacio|estrellas?|night|dreams?|magic\w*|fanta\w+|fairy|hadas|spirit\w*|occult\w*)\b/i],
  ['botanical', /\b(gardens?|gardening|plants?|flowers?|botan\w*|herbs?|nature|naturaleza|jard\w+|flor|flores|love|romance|courtship|amor|cook\w*|food|cocina|recipes?|agricult\w*|farm\w*)\b/i],
  ['branches', /\b(trees?|forests?|woods?|bosques?|árbol\w*|birds?|aves?|animals?|animales|dogs?|cats?|wolves|ecolog\w*|environment\w*|climate|famil\w+|poe\w+|lyric\w*|short stories|cuentos?)\b/i],
  ['medallion', /\b(biograph\w*|autobiograph\w*|memoirs?|biografías?|memorias|letters|diar\w+|kings?|queens?|reyes|reinas?|art|arts|arte|paint\w*|museums?|philosoph\w*|filosof\w*)\b/i],
  ['lattice', /\b(mathemat\w*|matemátic\w*|logic|algebra|arab\w*|islam\w*|persia\w*|textile\w*|crafts?|knit\w*|sewing|religio\w*|bible|buddh\w*|hindu\w*)\b/i],
  ['grid', /\b(comput\w*|program\w*|informátic\w*|engineer\w*|technolog\w*|tecnolog\w*|econom\w*|business|statist\w*|city|cities|ciudad\w*|urban|games?|chess|physic\w*|chemi\w*)\b/i],
  ['rules', /\b(histor\w*|wars?|guerras?|politic\w*|law|derecho|government\w*|social|sociolog\w*|education\w*|dictionar\w*|gramática|grammar|languages?|lengua\w*|reference)\b/i],
  ['arches', /\b(architect\w*|arquitect\w*|church\w*|iglesias?|middle ages|medieval|myth\w*|mitos?|legends?|leyendas?|rome|roman|romans|greece|greek|gothic|ghosts?|horror|terror|death|grief)\b/i],
  ['rays', /\b(humou?r\w*|comed\w*|juvenile|infantil\w*|child\w*|niñ\w+|schools?|music\w*|música|sports?|deporte\w*|dance|dancing|theat\w*|teatro|drama)\b/i],
  ['contours', /\b(travel\w*|viajes?|geograph\w*|maps?|mountain\w*|montañ\w*|islas?|explor\w*|adventur\w*|aventuras?|geolog\w*|deserts?|polar|western\w*)\b/i],
  ['diamonds', /\b(myster\w*|misterio\w*|detective\w*|crimes?|criminal\w*|crimen|polic\w+|thrillers?|suspense|espionage|spy|spies|murder\w*)\b/i],
]; // prettier-ignore

/** The stamp for a subject, or one by chance when the subject calls for none. */
export function familyFor(subject: string | null, chance: Chance): PatternFamily {
  const byChance = chance.pick(families);
  if (subject === null) return byChance;
  return called.find(([, words]) => words.test(subject))?.[0] ?? byChance;
}
