import { settings } from '../config.js';

/** Help of `carrel serve`: it takes no options; each setting comes from the environment. */
export const serveHelp = `carrel serve

Answers patrons until it is stopped (Ctrl+C, SIGTERM). Settings come from the environment:

${settings.map(({ name, default: value, means }) => `  ${name.padEnd(24)} ${means} [${value === '' ? 'none' : value}]`).join('\n')}`;
