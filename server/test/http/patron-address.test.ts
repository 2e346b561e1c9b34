import t from 'tap';
import express from 'express';
import { createPatronAddress } from '../../engine/ils/patron-address.js';
import { patronAddressed } from '../../http/patron-address.js';
import { serve } from './serve.js';

t.test('the address of who asks holds while their request is answered, and not after', async (t) => {
  const address = createPatronAddress();
  const app = express();
  app.set('trust proxy', 1);
  app.use(express.json());
  app.use(patronAddressed(address.during));
  app.post('/', async (_req, res) => {
    await new Promise((resolve) => setImmediate(resolve));
    res.json({ from: address.current() });
  });
  const url = await serve(t, app);
  const from = async (forwarded?: string): Promise<unknown> => {
    const headers = {
      'content-type': 'application/json',
      ...(forwarded && { 'x-forwarded-for': forwarded }),
    };
    const answer = await fetch(url, { method: 'POST', body: '{}', headers });
    return await answer.json();
  };
  t.same(await from('192.0.2.7'), { from: '192.0.2.7' });
  t.same(await Promise.all([from('192.0.2.8'), from('2001:db8::9')]), [
    { from: '192.0.2.8' },
    { from: '2001:db8::9' },
  ]);
  t.same(await from('::ffff:192.0.2.10'), { from: '192.0.2.10' });
  t.equal(address.current(), undefined);
});
