import t from 'tap';
import { shelfColumns } from '../../web/src/card/shelf-columns.js';

t.test('no book is left alone on the last board when that can be helped', (t) => {
  for (let count = 1; count <= 5; count++) t.equal(shelfColumns(count), 5, 'a short shelf has room to spare');
  t.equal(shelfColumns(6), 6);
  t.equal(shelfColumns(8), 4);
  t.equal(shelfColumns(10), 5);
  for (let count = 6; count <= 40; count++) t.not(count % shelfColumns(count), 1, `${count} books`);
  t.end();
});
