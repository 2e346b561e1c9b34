import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  key: string;
  cert: string;
}

/**
 * A certificate for the names, 127.0.0.1 and localhost if none are given, that signs itself and is good for a day; undefined where this machine has no
 * `openssl` command. Nothing stays on the disk.
 */
export async function throwAwayCertificate(...names: string[]): Promise<Certificate | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'carrel-certificate-'));
  const key = join(folder, 'key.pem');
  const cert = join(folder, 'cert.pem');
  const known = names.length === 0 ? ['IP:127.0.0.1', 'DNS:localhost'] : names.map((name) => `DNS:${name}`);
  const subject = ['-subj', '/CN=Carrel test', '-addext', `subjectAltName=${known.join()}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  try {
    await run('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject]);
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
