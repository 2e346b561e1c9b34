import t from 'tap';
import { ilsFunctions } from '../../../../engine/ils/capabilities.js';
import { PolarisSettings } from '../../../../engine/ils/polaris/settings.js';
import { faultOf, method, openScriptedPapi, staffAccount, type Said } from './scripted-papi.js';

const { signal } = new AbortController();
const fine: Record<string, Said> = {
  '/PAPIService/api': { json: { PAPIErrorCode: 0, Version: '7.8.1234.0' } },
  '/organizations/branch': {
    json: { PAPIErrorCode: 1, OrganizationsGetRows: [{ OrganizationID: 3, Name: 'Main' }] },
  },
  '/bib/1/holdings': { json: { PAPIErrorCode: -1, ErrorMessage: 'Invalid BibID', BibHoldingsGetRows: null } },
  '/authenticator/staff': { json: { PAPIErrorCode: 0, AccessToken: 'tok', AccessSecret: 'sec' } },
  '/tok/synch/bibs/MARCXML/paged?lastid=0&nrecs=1': {
    json: { PAPIErrorCode: 1, LastID: 501, GetBibsPagedRows: [{ BibliographicRecordID: 501 }] },
  },
  '/tok/synch/items/bibid/501?excludeecontent=true': { json: { PAPIErrorCode: 0, ItemGetRows: [] } },
};
const open = (
  t: Parameters<typeof openScriptedPapi>[0],
  answers: Record<string, Said>,
  more: Record<string, unknown> = {},
) => openScriptedPapi(t, ({ target }) => answers[method(target)] ?? { status: 404, text: '' }, more);

t.test('with all rights everything works, and nothing of a patron was tried', async (t) => {
  const { ils, heard } = await open(t, fine, staffAccount);
  const capabilities = await ils.capabilities({ signal });
  for (const name of ilsFunctions) t.equal(capabilities[name].works, true, name);
  t.match(capabilities.branches, { note: /7\.8\.1234\.0/ });
  t.match(capabilities.harvest, { note: /sweep/ });
  t.match(capabilities.place_hold, { note: /workstation/ });
  t.same(
    heard.filter(({ method }) => method !== 'GET').map(({ target }) => method(target)),
    ['/authenticator/staff'],
    'no sign-in of a patron, nothing written',
  );
});

t.test('without a staff account: public holdings, no harvest', async (t) => {
  const { ils } = await open(t, fine);
  const capabilities = await ils.capabilities({ signal });
  t.match(capabilities.availability, { works: true, note: /public holdings/ });
  t.match(capabilities.harvest, { works: false, grant: /staff account/ });
  t.match(capabilities.authenticate, { works: true });
});

t.test('statuses that Carrel has no word for are named to staff', async (t) => {
  const status = (Name: string, Description: string) => ({ ItemStatusID: 1, Name, Description });
  const list = [status('In', 'Available'), status('Out', 'Out'), status('On display', 'In the window')];
  const answers = { ...fine, '/itemstatuses': { json: { PAPIErrorCode: 3, ItemStatusesRows: list } } };
  for (const more of [staffAccount, {}]) {
    const { ils } = await open(t, answers, more);
    t.match((await ils.capabilities({ signal })).availability, { works: true, note: /: In the window\.$/ });
  }
  for (const name of ['In the window', 'on display']) {
    const told = await open(t, answers, { ...staffAccount, status_names: { [name]: 'reference_only' } });
    const { availability } = await told.ils.capabilities({ signal });
    t.strictSame(availability, { works: true }, name);
  }
});

t.test('a list of statuses that cannot be had is a note, and takes no function away', async (t) => {
  for (const trouble of [
    { status: 500, text: '' },
    { status: 404, text: '' },
    { status: 401, text: '' },
    { json: { PAPIErrorCode: -5 } },
    { json: { PAPIErrorCode: 0, ItemStatusesRows: 'none' } },
    'hang_up',
  ] satisfies Said[]) {
    const { ils } = await open(t, { ...fine, '/itemstatuses': trouble }, staffAccount);
    const capabilities = await ils.capabilities({ signal });
    for (const name of ilsFunctions) t.equal(capabilities[name].works, true, name);
    t.match(capabilities.availability, { note: /ItemStatusesGet.*status_names/ }, JSON.stringify(trouble));
  }
});

t.test('refused keys are explained wherever they are needed', async (t) => {
  const refused: Said = { status: 401, text: '' };
  const { ils } = await open(t, {
    ...fine,
    '/organizations/branch': refused,
    '/bib/1/holdings': refused,
  });
  const capabilities = await ils.capabilities({ signal });
  for (const name of ilsFunctions.filter((one) => one !== 'harvest'))
    t.match(capabilities[name], { works: false, grant: /PAPI access ID and access key/ }, name);
});

t.test('clocks that differ are named instead of the keys', async (t) => {
  const opened = await openScriptedPapi(t, ({ target }) => {
    if (target === '/PAPIService/api') return fine[target] ?? {};
    return {
      status: 401,
      text: '',
      headers: { date: new Date(opened.clock.now() + 3_600_000).toUTCString() },
    };
  });
  const capabilities = await opened.ils.capabilities({ signal });
  t.match(capabilities.branches, { works: false, grant: /60 minutes ahead/ });
  t.match(capabilities.authenticate, { works: false, grant: /60 minutes ahead/ });
});

t.test(
  'a staff account that is refused takes the harvest and exact items away, and nothing else',
  async (t) => {
    const refused = { json: { PAPIErrorCode: -8001, ErrorMessage: '' } };
    const { ils, heard } = await open(t, { ...fine, '/authenticator/staff': refused }, staffAccount);
    const capabilities = await ils.capabilities({ signal });
    t.match(capabilities.harvest, { works: false, grant: /staff account/ });
    t.match(capabilities.availability, { works: false, grant: /staff account/ });
    t.match(capabilities.account, { works: true });
    t.equal(
      heard.filter(({ target }) => target.endsWith('/staff')).length,
      1,
      'one try, or Polaris locks it',
    );
  },
);

t.test('a closed version page is no reason to say more; a Polaris that is away is a fault', async (t) => {
  const { ils } = await open(t, { ...fine, '/PAPIService/api': { status: 404, text: '<html>' } });
  t.match(await ils.capabilities({ signal }), { branches: { works: true, note: /unknown version/ } });
  const away = await openScriptedPapi(t, () => 'hang_up');
  t.match(await faultOf(away.ils.capabilities({ signal })), { kind: 'unreachable' });
  const failing = await openScriptedPapi(t, () => ({ status: 500, text: '' }));
  t.match(await faultOf(failing.ils.capabilities({ signal })), { kind: 'broken' });
});

t.test('every setting has a sentence; what must be secret is', (t) => {
  for (const [name, field] of Object.entries(PolarisSettings.shape)) {
    t.match(field.description ?? '', /^[A-Z].*\.$/, name);
    t.equal(field.meta()?.['secret'] === true, ['access_key', 'staff_password'].includes(name), name);
  }
  const least = { url: 'https://papi.example.org', access_id: 'carrel', access_key: 'k' };
  t.match(PolarisSettings.parse(least), { concurrency: 4, language_id: 1033, app_id: 100, org_id: 1 });
  for (const wrong of [
    { url: 'ftp://papi.example.org' },
    { url: 'papi' },
    { access_id: 'with space' },
    { org_id: 0 },
    { harvest_page: 101 },
    { time_zone: 'Mars/Olympus' },
    { status_names: { In: 'perhaps' } },
  ])
    t.notOk(PolarisSettings.safeParse({ ...least, ...wrong }).success, JSON.stringify(wrong));
  t.end();
});
