import t from 'tap';
import { Availability } from '../../../contract/availability.js';
import { TurnAnswer } from '../../../contract/conversation.js';
import { begin, first, serve } from './serve-desk.js';

t.test(
  'heard in one piece, an answer waits 300 ms for the shelves; each record can be asked about after',
  async (t) => {
    const { browser, ils, clock } = await serve(t);
    ils.misbehave({ slowMs: 2_000 });
    const visitor = browser();
    const id = await begin(visitor);
    let isOver = false;
    const turn = visitor.send('POST', `/conversations/${id}/turns`, first).finally(() => (isOver = true));
    let waited = 0;
    for (; !isOver; waited += 1) await clock.advance(1);
    t.ok(waited >= 300 && waited < 1_000, `answered after ${waited} ms`);
    const answer = TurnAnswer.parse(await (await turn).json());
    const shelved = answer.recommendations.filter(({ availability }) => availability.state !== 'online');
    t.ok(shelved.length > 1);
    for (const { availability } of shelved) t.match(availability, { state: 'unknown', checking: true });
    t.notMatch(
      answer.response_text,
      /shelf now|can’t see/,
      'of shelves that are being looked at nothing is said',
    );

    const of = shelved[0]?.record_id ?? '';
    isOver = false;
    const asked = visitor.get(`/records/${of}/availability`).finally(() => (isOver = true));
    while (!isOver) await clock.advance(10);
    const told = Availability.parse(await (await asked).json());
    t.notOk(told.checking);
    t.not(told.asOf, null, 'the asking went on without the one who had asked');

    const quick = TurnAnswer.parse(
      await (await visitor.send('POST', `/conversations/${id}/turns`, first)).json(),
    );
    t.notOk(quick.recommendations.some(({ availability }) => availability.checking));
  },
);
