import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import t, { type Test } from 'tap';
import { IlsFault } from '../../../engine/ils/ils-fault.js';
import type { Ils } from '../../../engine/ils/ils.js';
import { openKoha } from '../../../engine/ils/koha/koha.js';
import { KohaSettings } from '../../../engine/ils/koha/settings.js';
import { openPolaris } from '../../../engine/ils/polaris/polaris.js';
import { PolarisSettings } from '../../../engine/ils/polaris/settings.js';
import { openSip2 } from '../../../engine/ils/sip2/sip2.js';
import { Sip2Settings } from '../../../engine/ils/sip2/settings.js';
import { openLog } from '../../../engine/telemetry/log.js';
import { openApp } from '../../app-house.js';
import { bibOf } from '../../fakes/bibs.js';

const NAME = 'Wilhelmine Beispielfrau';
/** What a system, or whatever answers in its place, may say of a patron without being asked. */
const answers: Record<string, string> = {
  'no protocol at all': `${NAME}, born 1 April 1900\r\n\r\n`,
  'a head that is none': `HTTP/1.1 200 OK\r\n${NAME} lives here\r\n\r\n`,
  'half a body': `HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"surname":"${NAME}"`,
  'JSON that is none': `HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"surname":"${NAME}",`,
  'another shape': `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n["${NAME}"]`,
  'a page': `HTTP/1.1 500 ${NAME}\r\nconnection: close\r\n\r\n<h1>${NAME}</h1>`,
  'a lost chunk': `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${NAME}\r\n`,
  'a SIP2 message of nobody’s': `64 ${NAME}|AY9AZ0000\r`,
};

async function systemSaying(t: Test, words: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(words));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function adaptersAt(port: number): Ils[] {
  const url = `http://127.0.0.1:${port}/`;
  return [
    openKoha(KohaSettings.parse({ url, client_id: 'carrel', client_secret: 'made-up' })),
    openPolaris(
      PolarisSettings.parse({
        ...{ url, access_id: 'CARREL', access_key: 'made-up-key', staff_user: 'carrel' },
        ...{
          staff_password: 'made-up',
          staff_domain: 'TOWN',
          organisation_id: 1,
          user_id: 1,
          workstation_id: 1,
        },
      }),
    ),
    openSip2(Sip2Settings.parse({ host: '127.0.0.1', port, institution: 'TOWN' })),
  ];
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** Everything that a log, or a process that ends by it, would write of an error. */
function written(error: unknown): string {
  const lines: string[] = [];
  const log = openLog({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  for (const level of levels) {
    log[level](error);
    log[level](error, 'fault');
    log[level]({ err: error }, 'fault');
    log[level]({ error }, 'fault');
    log[level]({ requestId: 'r', cause: error }, 'fault');
  }
  return lines.join('') + inspect(error, { depth: 20, showHidden: true, maxStringLength: null });
}

for (const [name, words] of Object.entries(answers)) {
  t.test(`of ${name} nothing is written down, whatever is logged of the fault`, async (t) => {
    const port = await systemSaying(t, words);
    const { signal } = new AbortController();
    let faults = 0;
    for (const ils of adaptersAt(port)) {
      const patron = { id: '51', homeBranchId: undefined };
      const tries = await Promise.allSettled([
        ils.authenticate?.('CARD-0001', '0000', { signal }),
        ils.account?.(patron, { signal }),
        ils.branches({ signal }),
        ils.capabilities({ signal }),
        ils.availability([bibOf('l1', 'A title')], { signal }),
      ]);
      for (const one of tries) {
        if (one.status === 'fulfilled') continue;
        faults += one.reason instanceof IlsFault ? 1 : 0;
        const text = written(one.reason);
        t.notOk(text.includes('Beispielfrau'), `${ils.name}: ${inspect(one.reason).split('\n')[0]}`);
        // An error's bytes are shown as numbers too.
        t.notOk(text.includes([...Buffer.from('Beispielfrau')].slice(0, 6).join(',')), 'nor as bytes');
        t.notOk(
          text.includes(
            Buffer.from('Beispielfrau')
              .toString('hex')
              .replace(/..(?=.)/g, '$& '),
          ),
        );
      }
      await ils.close();
    }
    t.ok(faults > 0, 'the answer was foreign to somebody');
  });
}

t.test('nor does the whole app write it down when somebody signs in', async (t) => {
  for (const words of Object.values(answers)) {
    const port = await systemSaying(t, words);
    const [koha] = adaptersAt(port);
    const app = await openApp(t, koha && { ils: koha });
    const page = app.browser();
    const answer = await page.signIn({ card: 'CARD-0001', pin: '0000' });
    t.equal(answer.outcome, 'unavailable');
    await page.get('/records/l1/availability');
    await page.get('/branches');
    t.notMatch(app.logged.join('') + app.faults.map(written).join(''), 'Beispielfrau');
  }
});
