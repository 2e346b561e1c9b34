import t from 'tap';
import { ConfigError, readConfig, secretSettings, settings } from '../config.js';

t.test('an empty environment gives a server that only this machine reaches', async (t) => {
  const config = readConfig({ PATH: '/bin' });
  t.match(config, {
    host: '127.0.0.1',
    port: 8080,
    ils: 'auto',
    signInTries: 2,
    signInTriesADay: 4,
    visitIdleMs: 600_000,
    visitLongestMs: 7_200_000,
    rateLimitPerMinute: 100,
    staffKey: undefined,
  });
  t.ok(Object.isFrozen(config));
});

t.test('a machine of many cores starts, with no more threads than memory is sure to bear', (t) => {
  t.ok(readConfig({}).workers >= 1 && readConfig({}).workers <= 8);
  t.equal(readConfig({ CARREL_WORKERS: '64' }).workers, 64);
  t.throws(() => readConfig({ CARREL_WORKERS: '96' }), { name: 'ConfigError' });
  t.end();
});

t.test('every bad setting is named at once and no value is printed', async (t) => {
  try {
    readConfig({ CARREL_PORT: 'eighty', CARREL_STAFF_KEY: 'hunter2', CARREL_PROT: '1', CARREL_LOG: 'loud' });
    t.fail('it started');
  } catch (error) {
    t.ok(error instanceof ConfigError);
    const { message, problems } = error as ConfigError;
    t.equal(problems.length, 4);
    for (const name of ['CARREL_PORT', 'CARREL_STAFF_KEY', 'CARREL_PROT', 'CARREL_LOG'])
      t.match(message, name);
    t.notMatch(message, /hunter2|eighty|loud/);
  }
});

t.test('every setting that is a key is dropped from the environment once it was read', async (t) => {
  const keys = settings.map(({ name }) => name).filter((name) => name.endsWith('_KEY'));
  t.strictSame([...secretSettings].sort(), keys.sort());
});
