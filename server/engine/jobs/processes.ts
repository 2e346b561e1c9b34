import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Where this process's number means something: on one machine and, with containers, in one namespace. */
export function processSpace(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** Whether a process of this number runs in this process's space. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is alive and may not be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
