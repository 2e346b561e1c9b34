import t from 'tap';
import { flag, id, isRealId, number, pathPart, rows, text } from '../../../../engine/ils/polaris/wire.js';

t.test('text, numbers and flags are read whatever type they come in', (t) => {
  const row = { a: ' x ', b: 7, c: '', d: null, e: '2.0000', f: 'true', g: 0, h: 'No', i: {}, j: '007' };
  t.equal(text(row, 'a'), 'x');
  t.equal(text(row, 'c', 'd', 'i', 'b'), '7', 'the first that says something');
  t.equal(text(row, 'c', 'missing'), undefined);
  t.equal(number(row, 'e'), 2);
  t.equal(number(row, 'a'), undefined);
  t.equal(flag(row, 'f'), true);
  t.equal(flag(row, 'g'), false);
  t.equal(flag(row, 'h'), false);
  t.equal(flag(row, 'd', 'i', 'missing'), undefined);
  t.equal(flag(row, 'missing', 'f'), true);
  t.equal(id(row, 'j'), '7');
  t.end();
});

t.test('0 is no id, and nothing that only looks like a number is one', (t) => {
  t.equal(id({ a: 0, b: '12' }, 'a', 'b'), '12');
  for (const value of [0, '0', -1, 1.5, 'x', '', null, 1e300]) t.equal(id({ value }, 'value'), undefined);
  for (const value of ['1', '042', '999999999999999']) t.ok(isRealId(value), value);
  for (const value of ['', '0', '00', '-1', '1.5', '1e3', ' 1', '1 ', 'NaN', '١', '9'.repeat(16)])
    t.notOk(isRealId(value), value);
  t.end();
});

t.test(
  'a list comes bare, wrapped as in XML, or as null for none; without one there is none to read',
  (t) => {
    const list = [{ a: 1 }, { a: 2 }];
    t.same(rows({ Rows: list }, 'Rows'), list);
    t.same(rows({ Rows: { Row: list } }, 'Rows'), list);
    t.same(rows({ Rows: { Row: { a: 1 } } }, 'Rows'), [{ a: 1 }]);
    t.same(rows({ Rows: {} }, 'Rows'), []);
    t.same(rows({ Rows: null }, 'Rows'), []);
    t.same(rows({ Rows: [1, 'x', null, { a: 1 }] }, 'Rows'), [{ a: 1 }]);
    t.same(rows({ Other: list }, 'Rows', 'Other'), list);
    t.equal(rows({}, 'Rows'), undefined);
    t.equal(rows({ Rows: 'none' }, 'Rows'), undefined);
    t.end();
  },
);

t.test('a part of an address is encoded no further than it must be', (t) => {
  t.equal(pathPart('21756003332022'), '21756003332022');
  t.equal(pathPart('reader@example.org'), 'reader@example.org');
  t.equal(pathPart('a/b?c#d e+f%g'), 'a%2Fb%3Fc%23d%20e%2Bf%25g');
  t.equal(pathPart('$2a$10$0Gy.in/b='), '$2a$10$0Gy.in%2Fb=');
  t.end();
});
