import { changeLock } from '../../../engine/models/lock.js';
import { modelRoles } from '../../../engine/models/model.js';

/** Another command at work on the list of models: `lock-child.js DIR NAME TIMES` notes TIMES models. */
const [modelsDir = '', name = '', times = '0'] = process.argv.slice(2);
for (let at = 0; at < Number(times); at += 1) {
  changeLock(modelsDir, (lock) => ({
    ...lock,
    chosen: { ...lock.chosen, [modelRoles[at % 3] ?? 'chat']: `${name}-${at}` },
    models: [
      ...lock.models,
      {
        id: `${name}-${at}`,
        name,
        role: 'chat',
        files: [{ path: 'x.gguf', bytes: 1, sha256: '0'.repeat(64) }],
        entry: 'x.gguf',
        sha256: '0'.repeat(64),
        bytes: 1,
        context_tokens: 1,
        source: { kind: 'added', from: 'x.gguf' },
        licence: { name: 'MIT', url: null, accepted_at: null },
        installed_at: '2026-03-04T14:02:00.000Z',
        architecture: 'llama',
        kv_bytes_per_token: 1,
        chat_template: true,
      },
    ],
  }));
}
