import { Diagnostic } from './diagnostic.js';

export interface Clause {
  index: string;
  relation: string;
  term: string;
}

export type Cql = { kind: 'clause'; clause: Clause } | { kind: 'and' | 'or' | 'not'; left: Cql; right: Cql };

type Token = { quoted: boolean; text: string };

const relations = ['=', '==', '<>', '<', '>', '<=', '>=', 'all', 'any', 'exact', 'adj'];

/** A query of clauses, brackets and and/or/not, which bind alike from the left. Throws diagnostic 10 or 19. */
export function readCql(query: string): Cql {
  const tokens = tokensOf(query);
  let at = 0;
  const is = (text: string): boolean =>
    tokens[at]?.quoted === false && tokens[at]?.text.toLowerCase() === text;
  const take = (): Token => {
    const token = tokens[at];
    if (!token) throw new Diagnostic(10, 'unexpected end');
    at += 1;
    return token;
  };

  const clause = (): Cql => {
    if (is('(')) {
      at += 1;
      const inner = whole();
      if (!is(')')) throw new Diagnostic(10, 'missing bracket');
      at += 1;
      return inner;
    }
    const first = take();
    if (!first.quoted && ['(', ')', 'and', 'or', 'not', ...relations].includes(first.text.toLowerCase()))
      throw new Diagnostic(10, first.text);
    const next = tokens[at];
    const isRelation =
      next?.quoted === false && !['and', 'or', 'not', ')', '('].includes(next.text.toLowerCase());
    if (!isRelation) {
      if (next?.quoted === true) throw new Diagnostic(10, 'missing relation');
      return { kind: 'clause', clause: { index: 'cql.serverChoice', relation: '=', term: first.text } };
    }
    const relation = take().text.toLowerCase();
    if (!relations.includes(relation)) throw new Diagnostic(19, relation);
    return { kind: 'clause', clause: { index: first.text, relation, term: take().text } };
  };

  const whole = (): Cql => {
    let left = clause();
    while (is('and') || is('or') || is('not')) {
      const kind = take().text.toLowerCase() as 'and' | 'or' | 'not';
      left = { kind, left, right: clause() };
    }
    return left;
  };

  const read = whole();
  if (at < tokens.length) throw new Diagnostic(10, tokens[at]?.text);
  return read;
}

function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|(<=|>=|<>|==|[=<>()])|([^\s"=<>()]+))/gy;
  while (query.slice(pattern.lastIndex).trim() !== '') {
    const found = pattern.exec(query);
    if (!found) throw new Diagnostic(10, 'unbalanced quotation mark');
    const [, quoted, sign, word] = found;
    if (quoted !== undefined) tokens.push({ quoted: true, text: quoted.replace(/\\(.)/g, '$1') });
    else tokens.push({ quoted: false, text: sign ?? word ?? '' });
  }
  return tokens;
}

/** Whether a thing matches, given what decides a single clause. */
export function matches(query: Cql, holds: (clause: Clause) => boolean): boolean {
  if (query.kind === 'clause') return holds(query.clause);
  const left = matches(query.left, holds);
  if (query.kind === 'and') return left && matches(query.right, holds);
  if (query.kind === 'or') return left || matches(query.right, holds);
  return left && !matches(query.right, holds);
}
