import t from 'tap';
import { expectedSentence } from '../../commands/expected-error.js';
import { ConfigError } from '../../config.js';

t.test('a full disk, a setting and a data folder are sentences; a fault of the program is none', (t) => {
  const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
  t.equal(expectedSentence(full), 'The disk of the data folder is full: make room and try again.');
  t.match(expectedSentence(new ConfigError(['CARREL_PORT is no port.'])), /CARREL_PORT is no port\./);
  const folder = Object.assign(new Error('The data folder is on NFS.'), { name: 'DataFolderError' });
  t.equal(expectedSentence(folder), 'The data folder is on NFS.');
  t.equal(expectedSentence(new TypeError('x is not a function')), undefined);
  t.equal(expectedSentence(undefined), undefined);
  t.end();
});
