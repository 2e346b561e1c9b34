import t from 'tap';
import { titlesOfLinks } from '../../../../engine/ils/overdrive/title-links.js';

const id = 'ebff8d7b-c9a0-4478-a1ed-63b64e8386c5';
const keysOf = (...urls: string[]): string[] =>
  titlesOfLinks(urls.map((url) => ({ url }))).map(({ key }) => key);

t.test('reads the title out of every kind of link to OverDrive', async (t) => {
  t.same(keysOf('https://example.overdrive.com/media/1427131'), ['1427131']);
  t.same(keysOf('https://example.overdrive.com/media/1427131?cid=9'), ['1427131']);
  t.same(keysOf('https://link.overdrive.com/?websiteID=100300&titleID=1427131'), ['1427131']);
  t.same(keysOf('https://share.libbyapp.com/title/1427131'), ['1427131']);
  t.same(keysOf(`http://example.lib.overdrive.com/ContentDetails.htm?ID=${id.toUpperCase()}`), [id]);
  t.same(keysOf(`http://www.contentreserve.com/TitleInfo.asp?ID={${id.toUpperCase()}}&Format=410`), [id]);
  t.same(keysOf(`http://www.contentreserve.com/TitleInfo.asp?ID=%7B${id}%7D`), [id]);
  t.same(keysOf(`https://proxy.example.org/login?url=https://example.overdrive.com/media/${id}`), [id]);
});

t.test('says nothing of links to anywhere else', async (t) => {
  t.same(keysOf('https://example.org/media/1427131'), []);
  t.same(keysOf('https://overdrive.com.example.org/media/1427131'), []);
  t.same(keysOf('https://notoverdrive.com/media/1427131'), []);
  t.same(keysOf(`https://example.org/covers/${id}.jpg`), []);
  t.same(keysOf('https://example.overdrive.com/search?query=1427131'), []);
  t.same(keysOf('ftp://example.overdrive.com/media/1427131', 'not a link', ''), []);
  t.same(
    titlesOfLinks([{ url: 'https://ebooks.example.org/media/7' }], ['EBOOKS.example.org']).map(
      ({ key }) => key,
    ),
    ['7'],
    'unless the library says that they lead there',
  );
});

t.test('names each title once, and never a sample as the place to borrow it', async (t) => {
  const sample = `https://samples.overdrive.com/?crid=${id}&.epub-sample.overdrive.com`;
  t.same(titlesOfLinks([{ url: sample }]), [{ key: id }]);
  const page = `https://example.overdrive.com/ContentDetails.htm?id=${id.toUpperCase()}`;
  t.same(titlesOfLinks([{ url: sample }, { url: page }, { url: page }]), [{ key: id, url: page }]);
});
