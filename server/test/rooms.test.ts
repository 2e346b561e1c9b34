import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import t from 'tap';
import { programDir } from '../config.js';

const config = createRequire(import.meta.url)(join(programDir, '.dependency-cruiser.cjs')) as {
  forbidden: { name: string }[];
  options: ICruiseOptions;
};

async function cruised(extra: object[] = []): Promise<ICruiseResult> {
  process.chdir(programDir);
  const result = await cruise(['server', 'scripts'], {
    ...config.options,
    validate: true,
    ruleSet: { forbidden: [...config.forbidden, ...extra] } as never,
  });
  return result.output as ICruiseResult;
}

t.test('every import stays in its room', async (t) => {
  const { summary } = await cruised();
  const broken = summary.violations.map((v) => `${v.rule.name}: ${v.from} -> ${v.to}`);
  t.strictSame(broken, []);
});

t.test('the cruise really walks the house', async (t) => {
  const { modules, summary } = await cruised();
  const sources = modules.map((m) => m.source);
  t.ok(summary.totalCruised > 100, `cruised ${summary.totalCruised} modules`);
  for (const room of [
    'server/main.ts',
    'server/app.ts',
    'server/engine/open.ts',
    'server/contract/problems.ts',
  ]) {
    t.ok(sources.includes(room), `${room} was cruised`);
  }
  t.ok(summary.totalDependenciesCruised && summary.totalDependenciesCruised > 300, 'imports were followed');
});

t.test('a rule that is broken on purpose is reported', async (t) => {
  const { summary } = await cruised([
    {
      name: 'canary',
      severity: 'error',
      from: { path: '^server/main\\.ts$' },
      to: { path: '^server/app\\.ts$' },
    },
  ]);
  t.match(summary.violations, [{ rule: { name: 'canary' }, from: 'server/main.ts', to: 'server/app.ts' }]);
});
