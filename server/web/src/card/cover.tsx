import { useState, type ReactNode } from 'react';
import type { RecordBrief } from '../../../contract/record.js';
import { Binding } from '../binding/binding.js';
import type { Bound } from '../binding/design.js';

/** The part of a record that a cover is made from. */
export type Covered = Pick<RecordBrief, 'record_id' | 'title' | 'author' | 'subject' | 'format' | 'cover'>;

/** The library's own cover picture where it has one that loads, and a drawn binding otherwise. Says nothing aloud. */
export function Cover({ of }: { of: Covered }): ReactNode {
  const [broken, setBroken] = useState(false);
  if (of.cover !== null && !broken) {
    return (
      <img
        className="cover-picture"
        src={of.cover}
        alt=""
        width="240"
        height="360"
        loading="lazy"
        onError={() => setBroken(true)}
      />
    );
  }
  return <Binding bound={boundOf(of)} />;
}

function boundOf({ record_id, title, author, subject, format }: Covered): Bound {
  return {
    recordId: record_id,
    title: title.original ?? title.text,
    author: author ? (author.original ?? author.text) : null,
    subject,
    format,
    direction: title.original === undefined ? 'ltr' : (title.direction ?? 'ltr'),
  };
}
