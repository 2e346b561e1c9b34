import t from 'tap';
import { watchJsonEnd } from '../../../engine/llm/json-end.js';

/** What is kept of pieces, up to the end of the JSON in them. */
function keptOf(pieces: readonly string[]): string | undefined {
  const end = watchJsonEnd();
  let kept = '';
  for (const piece of pieces) {
    const at = end(piece);
    kept += piece.slice(0, at);
    if (at !== undefined) return kept;
  }
  return undefined;
}

t.test('the end is the bracket that closes the outermost one, wherever the pieces are cut', async (t) => {
  const whole = '{"a":[{"b":"]}{["},{"c":"\\"}\\\\"}],"d":null}';
  for (let cut = 1; cut < whole.length; cut += 1) {
    t.equal(keptOf([whole.slice(0, cut), `${whole.slice(cut)}\n\n\n`]), whole);
  }
  t.equal(keptOf([...whole]), whole);
  t.equal(keptOf(['[]', 'more']), '[]');
});

t.test('what is not closed has no end, and neither has what is no object or array', async (t) => {
  t.equal(keptOf(['{"a":"}"']), undefined);
  t.equal(keptOf(['"}]"']), undefined);
  t.equal(keptOf(['12']), undefined);
});
