import t from 'tap';
import { asksForNobody } from '../../http/crawlers.js';

const asks = (headers: Record<string, string>): boolean =>
  asksForNobody({ get: ((name: string) => headers[name]) as never });
const agent = (text: string): boolean => asks({ 'user-agent': text });
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

t.test('crawlers ask for nobody', (t) => {
  for (const text of [
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0 Safari/537.36',
    'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.2; +https://openai.com/gptbot',
    'DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)',
  ])
    t.equal(agent(text), true, text);
  t.end();
});

t.test('browsers, kiosks and a library’s own programs ask for somebody', (t) => {
  for (const text of [
    firefox,
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 LibraryKiosk/2.0',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 DiscoveryTerminal/1.0',
    'node',
    'curl/8.5.0',
    'python-requests/2.31',
  ])
    t.equal(agent(text), false, text);
  t.equal(asks({}), false, 'nor does it say so who says nothing');
  t.end();
});

t.test('what a browser fetches ahead is for nobody yet', (t) => {
  for (const [name, value] of [
    ['sec-purpose', 'prefetch'],
    ['sec-purpose', 'prefetch;prerender'],
    ['purpose', 'prefetch'],
    ['x-purpose', 'preview'],
    ['x-moz', 'Prefetch'],
  ] as const)
    t.equal(asks({ 'user-agent': firefox, [name]: value }), true, `${name}: ${value}`);
  t.equal(asks({ 'user-agent': firefox, 'sec-purpose': 'navigate' }), false);
  t.end();
});
