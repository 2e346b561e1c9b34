import type { ReactNode } from 'react';

/** Long matter that few read, one click away. */
export function FoldedText({ heading, texts }: { heading: string; texts: readonly string[] }): ReactNode {
  return (
    <details className="fold folded">
      <summary>
        <h2 className="small-heading">{heading}</h2>
      </summary>
      {texts.map((text, i) => (
        <p key={i} dir="auto">
          {text}
        </p>
      ))}
    </details>
  );
}
