import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';

/** False to run, or why browser tests cannot run here; CI installs Debian's chromium (`./install.sh --test`). */
export const skipWithoutChromium: false | string = existsSync(EXECUTABLE)
  ? false
  : `no ${EXECUTABLE} on this machine; ./install.sh --test installs it`;

/** Debian's chromium, without a window and without calling out. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
