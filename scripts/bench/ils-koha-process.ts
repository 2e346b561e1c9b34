/** A simulated Koha in a process of its own, so that it does not wait for the load generator. Ordered about over IPC. */
import { biblio, checkout, item } from '../../server/test/simulators/koha/koha-library.js';
import { openKohaSimulator } from '../../server/test/simulators/koha/koha-simulator.js';
import type { KohaAnswer, KohaOrder } from './ils-koha.js';

const records = Number(process.argv[2]);
const koha = await openKohaSimulator();
const { state, faults } = koha;
state.biblios.length = state.items.length = state.checkouts.length = 0;
state.holds.length = state.transfers.length = 0;
for (let id = 1; id <= records; id += 1) {
  state.biblios.push(biblio(id, `Title ${id}`, null, null));
  state.items.push(item(id * 10, id), item(id * 10 + 1, id, { holding_library_id: 'EAST' }));
  if (id % 2 === 0) state.checkouts.push(checkout(id, 5, id * 10, {}));
}
let heard: { record: string; at: number }[] = [];
faults.only = ({ path }) => {
  const record = /^\/api\/v1\/biblios\/(\d+)\/items$/.exec(path)?.[1];
  if (record !== undefined) heard.push({ record, at: Date.now() });
  return true;
};

process.on('message', (order: KohaOrder) => {
  void obey(order).then((answer) => process.send?.(answer));
});
process.send?.({ url: koha.url } satisfies KohaAnswer);

async function obey(order: KohaOrder): Promise<KohaAnswer> {
  if (order.do === 'leave') await koha.leave();
  if (order.do === 'come back') await koha.comeBack();
  // Infinity does not survive the way here.
  if (order.do === 'slow') faults.slowMs = order.ms ?? Infinity;
  koha.asked.length = 0;
  const answer = { url: koha.url, heard };
  if (order.do === 'tell') heard = [];
  return answer;
}
