import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { programDir } from '../config.js';

/** Stands in for npm, which would need the network and minutes: dependencies are this checkout's own. */
const npm = `#!/bin/sh
[ -f "$(dirname "$0")/broken" ] && exit 1
case "$*" in ci*)
  rm -rf node_modules
  mkdir -p node_modules/@node-llama-cpp
  for from in '${programDir}'/node_modules/*; do
    [ "$(basename "$from")" = @node-llama-cpp ] || ln -s "$from" node_modules/
  done
  own=linux-$(node -p 'process.arch')
  for engine in $own $own-cuda $own-cuda-ext $own-vulkan linux-riscv64 win-x64; do mkdir node_modules/@node-llama-cpp/$engine; done
  echo "skip=$ONNXRUNTIME_NODE_INSTALL,$NODE_LLAMA_CPP_SKIP_DOWNLOAD" >"$(dirname "$0")/asked-to-skip" ;;
esac
echo "npm $*" >>"$(dirname "$0")/called"
`;

const shipped = [
  'install.sh',
  'package.json',
  'package-lock.json',
  'dist/server',
  'data',
  'models',
  'LICENSE',
].concat(['README.md', 'CHANGELOG.md', 'docs', 'server/web/package.json', 'server/web/dist']);

t.test(
  'the lock file names every package that llama.cpp’s bindings may want: npm ci refuses it otherwise',
  (t) => {
    const { packages } = JSON.parse(readFileSync(join(programDir, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string>; version?: string }>;
    };
    const wanted = Object.entries(packages['node_modules/node-llama-cpp']?.optionalDependencies ?? {});
    t.ok(wanted.length > 5);
    for (const [name, version] of wanted) t.equal(packages[`node_modules/${name}`]?.version, version, name);
    t.end();
  },
);

const canInstall = process.getuid?.() === 0 && spawnSync('id', ['nobody']).status === 0;

t.test(
  'a bare installation: twice, upgraded, used, removed, and the data stays',
  { skip: !canInstall && 'only root can install' },
  (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'carrel-install-'));
    t.teardown(() => rmSync(dir, { recursive: true, force: true }));
    chmodSync(dir, 0o755);
    const at = (...parts: string[]) => join(dir, ...parts);
    for (const name of shipped) cpSync(join(programDir, name), at('src', name), { recursive: true });
    mkdirSync(at('tools'));
    writeFileSync(at('tools/npm'), npm, { mode: 0o755 });
    const places = { PREFIX: 'opt', STATE: 'state', ETC: 'etc', UNIT_DIR: 'units', BIN_DIR: 'bin' };
    const env: NodeJS.ProcessEnv = { PATH: `${at('tools')}:${process.env.PATH}`, CARREL_USER: 'nobody' };
    for (const [name, place] of Object.entries(places)) env[`CARREL_${name}`] = at(place);
    /** A command without what tap puts into its children's environment: the service's user may not write there. */
    const run = (...args: string[]) => {
      const line = ['-c', 'unset NODE_OPTIONS; exec "$@"', 'sh', ...args];
      const { status, stdout, stderr } = spawnSync('sh', line, { env, cwd: dir, encoding: 'utf8' });
      return { status, text: stdout + stderr };
    };
    const install = (...args: string[]) => run('sh', at('src/install.sh'), ...args);
    const carrel = (...args: string[]) => run(at('bin/carrel'), ...args);
    const called = () =>
      readFileSync(at('tools/called'), 'utf8')
        .split('\n')
        .filter((line) => line.includes(' ci'));

    const first = install();
    t.equal(first.status, 0, first.text);
    t.match(
      first.text,
      /^Installed in .+ Nothing was started, since systemd does not run here or reads no units/m,
    );
    t.equal(statSync(at('etc/carrel.env')).mode & 0o777, 0o640, 'the staff key is not for everybody');
    t.equal(statSync(at('state')).mode & 0o777, 0o750);
    const unit = readFileSync(at('units/carrel.service'), 'utf8');
    t.match(unit, `${at('opt')}/dist/server/main.js`);
    t.match(unit, '\nUser=nobody\n');
    t.notOk(existsSync(at('opt/dist/server/test')), 'tests are not installed');
    t.equal(readFileSync(at('tools/asked-to-skip'), 'utf8'), 'skip=skip,true\n', 'nothing is fetched beside');
    const own = `linux-${process.arch}`;
    const engines = () => readdirSync(at('opt/node_modules/@node-llama-cpp')).toSorted();
    const cuda = existsSync('/dev/nvidiactl') ? [`${own}-cuda`, `${own}-cuda-ext`] : [];
    t.strictSame(
      engines(),
      [own, ...cuda, `${own}-vulkan`].toSorted(),
      'engines for other machines are left out',
    );
    t.match(
      unit,
      '\nOOMPolicy=continue\n',
      'a model that is ended for want of memory does not end the service',
    );
    t.match(unit, '\nLimitMEMLOCK=infinity\n');
    t.notMatch(unit, 'MemoryDenyWriteExecute');
    if (!existsSync('/dev/dri') && cuda.length === 0) t.match(unit, '\nPrivateDevices=yes\n');

    writeFileSync(at('etc/carrel.env'), `${settings(at)}CARREL_LIBRARY=Two Words\n`);
    t.match(carrel('search', 'rivers'), { status: 1, text: /^There is no catalogue yet/ });
    t.ok(existsSync(at('state/carrel.db')), 'settings are read as systemd reads them, spaces and all');
    t.equal(
      statSync(at('state/carrel.db')).uid,
      statSync(at('state')).uid,
      'and data belongs to the service',
    );
    t.equal(statSync(at('state/carrel.db')).mode & 0o777, 0o600, 'which nobody else may read');

    writeFileSync(at('opt/left-over'), '');
    const installs = called().length;
    const second = install();
    t.equal(second.status, 0, second.text);
    t.equal(called().length, installs, 'the same dependencies are taken over');
    t.notOk(existsSync(at('opt/left-over')), 'the new program is put in whole');
    t.match(readFileSync(at('etc/carrel.env'), 'utf8'), 'Two Words', 'settings stay');

    env.CARREL_GPU_PACKAGES = 'all';
    const forGpu = install();
    t.equal(forGpu.status, 0, forGpu.text);
    t.ok(engines().includes(`${own}-cuda-ext`), 'what was left out comes back when it is asked for');
    const gpuUnit = readFileSync(at('units/carrel.service'), 'utf8');
    t.match(
      gpuUnit,
      '\nPrivateDevices=no\nDevicePolicy=closed\nDeviceAllow=char-nvidia* rw\nDeviceAllow=char-drm rw\n',
    );
    t.notMatch(gpuUnit, 'PrivateDevices=yes');
    env.CARREL_GPU_PACKAGES = 'none';
    const without = install();
    t.equal(without.status, 0, without.text);
    t.notOk(engines().includes(`${own}-cuda`));
    t.match(readFileSync(at('units/carrel.service'), 'utf8'), '\nPrivateDevices=yes\n');
    delete env.CARREL_GPU_PACKAGES;

    writeFileSync(at('src/package-lock.json'), '{}');
    writeFileSync(at('tools/broken'), '');
    const failed = install();
    t.equal(failed.status, 1);
    t.match(failed.text, /^Carrel cannot be installed: /m);
    t.match(carrel('search', 'rivers').text, /^There is no catalogue yet/, 'the old version still stands');
    rmSync(at('tools/broken'));

    const removed = install('--uninstall');
    t.equal(removed.status, 0, removed.text);
    t.match(removed.text, /data is still in/);
    for (const gone of ['opt', 'bin/carrel', 'units/carrel.service']) t.notOk(existsSync(at(gone)), gone);
    t.ok(readdirSync(at('state')).includes('carrel.db'));
    t.ok(existsSync(at('etc/carrel.env')));
    t.equal(install('--uninstall').status, 0, 'and again');
    t.end();
  },
);

t.test('what is no option is refused with a hint', (t) => {
  const { status, stderr } = spawnSync('sh', [join(programDir, 'install.sh'), '--frobnicate'], {
    encoding: 'utf8',
  });
  t.equal(status, 1);
  t.match(stderr, /'--frobnicate' is not an option; see \.\/install\.sh --help/);
  t.end();
});

function settings(at: (...parts: string[]) => string): string {
  return readFileSync(at('etc/carrel.env'), 'utf8');
}
