import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { z } from 'zod';

/** Which ready-built editions of llama.cpp go into a bundle. */
export type BundleGpu = 'none' | 'vulkan' | 'cuda';

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      link: z.boolean().optional(),
      dependencies: z.record(z.string(), z.string()).optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
      peerDependencies: z.record(z.string(), z.string()).optional(),
      peerDependenciesMeta: z
        .record(z.string(), z.looseObject({ optional: z.boolean().optional() }))
        .optional(),
    }),
  ),
});
type Lock = z.infer<typeof Lock>;

const program = [
  'package.json',
  'package-lock.json',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'install.sh',
  'docs',
  'data',
  'models',
  'dist/server',
  'server/web/package.json',
  'server/web/dist',
];
/** Bundled inside transformers.js for Node; the package itself is for browsers. */
const neverLoaded = new Set(['onnxruntime-web']);

/** The built program's files, as paths within its folder. */
export function programFiles(programDir: string): string[] {
  return program
    .flatMap((name) => filesUnder(programDir, name))
    .filter((name) => !name.startsWith('dist/server/test/'));
}

/**
 * The files of every package that the program needs to run on a machine like this one, as paths within its folder: reached
 * from package.json's dependencies by package-lock.json, without what is for other platforms, for GPUs that were not
 * asked for, or only for building.
 */
export function moduleFiles(programDir: string, gpu: BundleGpu): string[] {
  const lock = Lock.parse(JSON.parse(readFileSync(join(programDir, 'package-lock.json'), 'utf8')));
  return packagesToRun(lock, programDir)
    .filter((path) => isForHere(path, gpu))
    .flatMap((path) => packageFiles(programDir, path));
}

/** Packages reached from the root's dependencies, found as Node finds them: from the innermost node_modules outwards. */
function packagesToRun(lock: Lock, programDir: string): string[] {
  const reached = new Set<string>();
  const waiting = [''];
  for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } =
      lock.packages[from] ?? {};
    const peers = Object.keys(peerDependencies ?? {}).filter(
      (name) => peerDependenciesMeta?.[name]?.optional !== true,
    );
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) {
      const found = placesOf(from, name).find((path) => path in lock.packages);
      if (found === undefined || reached.has(found) || neverLoaded.has(name)) continue;
      // Optional ones for other platforms are in the lock file and not on the disk.
      if (!existsSync(join(programDir, found)) || lock.packages[found]?.link === true) continue;
      reached.add(found);
      waiting.push(found);
    }
  }
  return [...reached].toSorted();
}

function placesOf(from: string, name: string): string[] {
  const places: string[] = [];
  for (let at = from; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    places.push(`${at}/node_modules/${name}`);
  }
  return [...places, `node_modules/${name}`];
}

function isForHere(path: string, gpu: BundleGpu): boolean {
  const engine = /^node_modules\/@node-llama-cpp\/(.+)$/.exec(path)?.[1];
  if (engine === undefined) return true;
  const system =
    { linux: 'linux', darwin: 'mac', win32: 'win' }[process.platform as string] ?? process.platform;
  const own = `${system}-${process.arch === 'arm' ? 'armv7l' : process.arch}`;
  const extras = { none: [], vulkan: ['-vulkan'], cuda: ['-vulkan', '-cuda', '-cuda-ext'] }[gpu];
  return [own, `${own}-metal`, ...extras.map((extra) => own + extra)].includes(engine);
}

function packageFiles(programDir: string, path: string): string[] {
  return filesUnder(programDir, path).filter((file) => {
    const within = file.slice(path.length + 1);
    if (within.startsWith('node_modules/')) return false;
    if (path === 'node_modules/better-sqlite3') {
      return !/^(deps|src)\/|^build\/(?!Release\/better_sqlite3\.node$)/.test(within);
    }
    if (path === 'node_modules/node-llama-cpp')
      return !/^llama\/(?!package\.json$)/.test(within) || /^llama\/[^/]+\.json$/.test(within);
    const ort = /^bin\/napi-v\d+\/([^/]+)\/([^/]+)\//.exec(within);
    if (path === 'node_modules/onnxruntime-node' && ort !== null) {
      return ort[1] === process.platform && ort[2] === process.arch;
    }
    return true;
  });
}

/** Every plain file under a path, in order; links are left out. */
export function filesUnder(dir: string, name: string): string[] {
  const path = join(dir, name);
  if (!existsSync(path)) return [];
  const stats = lstatSync(path);
  if (stats.isFile()) return [name];
  if (!stats.isDirectory()) return [];
  return readdirSync(path)
    .toSorted()
    .flatMap((entry) => filesUnder(dir, posix.join(name, entry)));
}
