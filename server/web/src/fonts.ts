/** Faces that are too long to send to a reader who never meets their script: each sheet lists over a hundred slices. */
const heavy: { script: RegExp; load: () => Promise<unknown> }[] = [
  {
    script: /[\p{Script=Hiragana}\p{Script=Katakana}]/u,
    load: () => import('@fontsource/noto-serif-jp/400.css'),
  },
  { script: /\p{Script=Hangul}/u, load: () => import('@fontsource/noto-serif-kr/400.css') },
  { script: /\p{Script=Han}/u, load: () => import('@fontsource/noto-serif-sc/400.css') },
];

/** Fetches East Asian faces when the page first holds a sign of theirs, so that no component has to know of scripts. */
export function watchForEastAsianText(page: HTMLElement): void {
  let waiting = heavy;
  const watcher = new MutationObserver((changes) => {
    const text = changes
      .flatMap((c) => [...c.addedNodes, c.target].map((node) => node.textContent ?? ''))
      .join(' ');
    for (const { load } of waiting.filter(({ script }) => script.test(text))) void load();
    waiting = waiting.filter(({ script }) => !script.test(text));
    if (waiting.length === 0) watcher.disconnect();
  });
  watcher.observe(page, { childList: true, subtree: true, characterData: true });
}
