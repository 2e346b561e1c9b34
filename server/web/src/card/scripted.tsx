import type { ReactNode } from 'react';
import type { Scripted } from '../../../contract/record.js';
import { languageTag } from '../api/languages.js';

interface ScriptedProps {
  of: Scripted;
  /** MARC code of the language of the original script, when it is known. */
  language?: string | undefined;
}

/** A text as romanised, and below it the same in its own script, each in its own direction. */
export function InBothScripts({ of, language }: ScriptedProps): ReactNode {
  if (of.original === undefined) return <bdi>{of.text}</bdi>;
  return (
    <>
      <bdi className="original-script" lang={tagOf(language)} dir={of.direction ?? 'auto'}>
        {of.original}
      </bdi>{' '}
      <bdi className="romanised">{of.text}</bdi>
    </>
  );
}

function tagOf(language: string | undefined): string | undefined {
  return language === undefined ? undefined : languageTag(language);
}
