import t from 'tap';
import { openLog } from '../../../engine/telemetry/log.js';

t.test(
  'of an error the log holds kind, code and place, however it was logged and whatever hangs on it',
  (t) => {
    const words = 'Wilhelmine Beispielfrau';
    const cause = Object.assign(new Error(`near "${words}"`), { rawPacket: Buffer.from(words), said: words });
    const error = Object.assign(new TypeError(`lost ${words}`, { cause }), {
      code: 'HPE_INVALID',
      body: words,
    });
    const lines: string[] = [];
    const log = openLog({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) {
      log[level](error);
      log[level](error, 'fault');
      for (const field of ['err', 'error', 'cause', 'anything']) log[level]({ [field]: error });
      log[level]({ err: error }, 'fault');
    }
    t.equal(lines.length, 42);
    for (const line of lines) {
      t.notMatch(line, 'Beispielfrau');
      t.notMatch(line, [...Buffer.from('Beispiel')].join(','));
      t.match(line, /"name":"TypeError","code":"HPE_INVALID","stack":\["at /);
    }
    t.end();
  },
);

t.test('of an error among the words of a line the log holds its kind alone', (t) => {
  const error = Object.assign(new TypeError('lost Beispielfrau'), { body: 'Beispielfrau' });
  const lines: string[] = [];
  const log = openLog({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  log.error('not done: %s', error);
  log.error({ port: 8080 }, 'not done: %s', error);
  log.child({ err: error }).error('not done: TypeError');
  t.equal(lines.length, 3);
  for (const line of lines) {
    t.notMatch(line, 'Beispielfrau');
    t.match(JSON.parse(line), { msg: 'not done: TypeError' });
  }
  t.end();
});

t.test('anything else is logged as it is', (t) => {
  const lines: string[] = [];
  const log = openLog({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  log.info({ port: 8080 }, 'listening');
  log.info('closing');
  log.debug('unheard');
  const told = lines.map((line) => JSON.parse(line) as object);
  t.match(told, [{ port: 8080, msg: 'listening' }, { msg: 'closing' }]);
  t.equal(told.length, 2);
  t.end();
});
