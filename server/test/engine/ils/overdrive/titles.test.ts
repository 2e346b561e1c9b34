import t from 'tap';
import { createTitleIndex, readPage } from '../../../../engine/ils/overdrive/titles.js';

const ebook = {
  id: 'EBFF8D7B-C9A0-4478-A1ED-63B64E8386C5',
  crossRefId: 1427131,
  mediaType: 'eBook',
  formats: [
    {
      identifiers: [
        { type: 'ISBN', value: '9781565921870' },
        { type: 'ISBN', value: 'n/a' },
      ],
    },
    { identifiers: [{ type: 'ASIN', value: 'B000SIMUL8' }] },
    {},
  ],
  otherFormatIdentifiers: [{ type: 'ISBN', value: '0-306-40615-2' }],
  contentDetails: [{ href: 'https://link.overdrive.com/?titleID=1427131' }],
};

t.test('finds a title by the ISBN of any of its formats, the printed book’s among them', async (t) => {
  const index = createTitleIndex();
  index.add(ebook);
  index.add({ ...ebook, id: 'A2', crossRefId: 2, mediaType: 'Audiobook', formats: [] });
  const page = 'https://link.overdrive.com/?titleID=1427131';
  const title = { id: 'ebff8d7b-c9a0-4478-a1ed-63b64e8386c5', format: 'ebook', url: page };
  t.same(index.withIsbn(['9781565921870']), [title]);
  t.same(
    index.withIsbn(['9780306406157']).map(({ format }) => format),
    ['ebook', 'eaudiobook'],
    'an e-book and an audiobook of one printed book',
  );
  t.same(index.withIsbn(['0306406152', '9780306406157']).length, 2, 'each once');
  t.same(index.withTitleId('1427131'), title);
  t.same(index.withIsbn(['9780804429573']), []);
  t.ok(index.namesPrinted);
  index.add({ ...ebook, otherFormatIdentifiers: [{ type: 'ISBN', value: '9780804429573' }] });
  t.same(index.withIsbn(['9780804429573']), [title], 'more of a title that is known already');
  t.equal(index.withIsbn(['9781565921870']).length, 1);
  t.same(index.withIsbn(['n/a', 'B000SIMUL8', '']), []);
});

t.test(
  'leaves out what the library does not own, and takes what it can of what it cannot read',
  async (t) => {
    const index = createTitleIndex('https://example.overdrive.com/');
    index.add({ ...ebook, isOwnedByCollections: false });
    index.add({ id: 7 });
    index.add(null);
    t.equal(index.size, 0);
    index.add({
      ...ebook,
      mediaType: 'Hologram',
      formats: 'many',
      contentDetails: [{ href: 'javascript:alert(1)' }],
    });
    index.add(ebook);
    t.equal(index.size, 1);
    t.same(index.withIsbn(['9780306406157']), [
      { id: 'ebff8d7b-c9a0-4478-a1ed-63b64e8386c5', url: 'https://example.overdrive.com/media/1427131' },
    ]);
  },
);

t.test('knows a page from what is none', async (t) => {
  t.same(readPage({ totalItems: 3, products: [1] }), { total: 3, products: [1] });
  t.same(readPage({ totalItems: 3 }), { total: 3, products: [] }, 'the last one may have no products');
  t.equal(readPage({ errorCode: 'InternalError' }), undefined);
  t.equal(readPage([]), undefined);
});
