import { parentPort, workerData } from 'node:worker_threads';
import { sentError } from '../imports/failures.js';
import { openPassageDesk } from './passage-desk.js';
import type { PassageReply, PassageRequest, PassageTask } from './passage-thread.js';

/** Entry of the thread that reads records, keeps vectors and writes spaces; it answers one request at a time. */
const port = parentPort;
if (!port) throw new Error('passage-worker.js runs as a worker thread');
const send = (reply: PassageReply): void => port.postMessage(reply);
let desk: ReturnType<typeof openPassageDesk> | undefined;

port.on('message', (request: PassageRequest) => {
  try {
    desk ??= openPassageDesk(workerData as PassageTask, (done) => send({ kind: 'progress', done }));
    send({ kind: 'answer', answer: desk(request) });
  } catch (error) {
    send({ kind: 'error', error: sentError(error) });
  }
});
