import { existsSync } from 'node:fs';
import { findOnPath, run } from './run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Returns the browser for the tests: `CHROMIUM_PATH`, a browser on the PATH, or Debian's package, which it installs. */
export async function ensureChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (!existsSync(given)) throw new Error(`CHROMIUM_PATH is ${given}, which does not exist.`);
    return given;
  }
  return findOnPath(NAMES) ?? (await installChromium());
}

async function installChromium() {
  const apt = findOnPath(['apt-get']);
  const sudo = process.getuid?.() === 0 ? [] : [findOnPath(['sudo']), '-n'];
  if (!apt || (sudo[0] === undefined && sudo.length > 0)) {
    throw new Error(
      'The browser tests need Chromium or Chrome. Install one, or set CHROMIUM_PATH to its executable.',
    );
  }
  console.log('Installing Chromium for the browser tests …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'];
  for (const args of [['update', '-qq'], install]) {
    const [command, ...rest] = [...sudo, apt, ...args];
    await run(command, rest, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  }
  const path = findOnPath(NAMES);
  if (!path)
    throw new Error('Chromium was installed but is not on the PATH. Set CHROMIUM_PATH to its executable.');
  return path;
}
