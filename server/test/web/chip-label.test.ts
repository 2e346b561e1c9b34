import t from 'tap';
import { chipLabel } from '../../web/src/conversation/chip-label.js';

t.test('a kind of thing begins with a capital on its chip, and a name stays as it is written', (t) => {
  t.equal(chipLabel({ id: 'format:book', kind: 'format', label: 'book' }, 'en'), 'Book');
  t.equal(chipLabel({ id: 'format:comic', kind: 'format', label: 'álbum' }, 'es'), 'Álbum');
  t.equal(chipLabel({ id: 'author:bell hooks', kind: 'author', label: 'bell hooks' }, 'en'), 'bell hooks');
  t.equal(chipLabel({ id: 'format:', kind: 'format', label: '' }, 'en'), '');
  t.end();
});
