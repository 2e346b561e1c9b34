import type { Test } from 'tap';
import { Sip2Settings } from '../../../../engine/ils/sip2/settings.js';
import { openSip2 } from '../../../../engine/ils/sip2/sip2.js';
import { createFakeClock } from '../../../fakes/clock.js';
import { openSip2Simulator, type Sip2Options } from '../../../simulators/sip2/sip2.js';

/** The moment at which the published exchanges were sent. */
export const published = Date.UTC(2026, 7, 4, 10, 15, 0);

type Change = Partial<ReturnType<typeof Sip2Settings.parse>>;

/** Settings as for the published exchanges, and whatever the test cares about. */
export function settingsOf(change: Change = {}): Sip2Settings {
  return Sip2Settings.parse({
    host: '127.0.0.1',
    login_user: 'scclient',
    login_password: 'clientpwd',
    location: 'main',
    institution: 'UWOLS',
    zone: 'UTC',
    branches: [
      { id: 'MAIN', name: 'Central Library' },
      { id: 'EAST', name: 'East Branch' },
    ],
    ...change,
  });
}

/** The adapter before a server; time stands still for both until the test moves it. */
export async function openSystem(t: Test, change: Change = {}, options: Sip2Options = {}) {
  const clock = createFakeClock(published);
  const server = await openSip2Simulator({ clock, ...options });
  const ils = openSip2(settingsOf({ port: server.port, ...change }), { clock });
  t.teardown(async () => {
    await ils.close();
    await server.close();
  });
  const codes = (): string[] => server.asked.map(({ code }) => code);
  return { clock, server, ils, codes };
}
