import { takeHold } from '../../../engine/models/holding.js';

/** Another command that holds `x` until it is killed: `holder-child.js DIR` says "held" when it has it. */
if (takeHold(process.argv[2] ?? '', 'x')) process.stdout.write('held\n');
setInterval(() => undefined, 60_000);
