/** Serves the built page over the fake library for looking at: `node dist/server/test/e2e/fake-server.js [port]`. */
import { openFakeLibrary } from './fake-api.js';

const library = await openFakeLibrary({ port: Number(process.argv[2] ?? 8091), patrons: true });
console.log(library.url);
