import type { ReactNode } from 'react';
import type { Contributor } from '../../../contract/record.js';
import { Link } from '../address.js';
import { coverAuthor } from '../binding/typesetting.js';
import { usePhrases } from '../phrases/speech.js';
import { searchAddress } from '../route.js';

const AT_ONCE = 5;

/** Who made it, each with a role and a way to everything else they made; more than a handful fold. */
export function Contributors({ of }: { of: readonly Contributor[] }): ReactNode {
  if (of.length === 0) return null;
  const first = of.slice(0, of.length > AT_ONCE + 1 ? AT_ONCE : of.length);
  const rest = of.slice(first.length);
  return (
    <div className="contributors">
      <People of={first} />
      {rest.length > 0 && (
        <details>
          <summary>+ {rest.length}</summary>
          <People of={rest} />
        </details>
      )}
    </div>
  );
}

function People({ of }: { of: readonly Contributor[] }): ReactNode {
  const phrases = usePhrases();
  return (
    <ul>
      {of.map((person, i) => (
        <li key={`${i}.${person.text}`}>
          <Link to={searchAddress(person.text)}>
            {person.original !== undefined && (
              <bdi dir={person.direction ?? 'auto'}>{nameOf(person, person.original)} </bdi>
            )}
            <bdi>{nameOf(person, person.text)}</bdi>
          </Link>
          {person.role !== undefined && person.role !== 'author' && (
            <span className="contributor-role"> {phrases.role(person.role)}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Headings of people turn the name round; a page that is read does not. */
function nameOf({ kind }: Contributor, heading: string): string {
  return kind === 'person' ? coverAuthor(heading) : heading;
}
