import { access, constants, readdir, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Finding } from './finding.ts';

const GIB = 2 ** 30;
/** With less free space the store will soon be unable to merge. */
const LITTLE_SPACE_BYTES = 2 * GIB;
const PUBLIC_RIGHTS = 0o077;

export function checkVersions(version: string): Finding {
  return {
    level: 'ok',
    text: `Throughline ${version} with Node.js ${process.versions.node} on ${process.platform} ${process.arch}.`,
  };
}

/** Checks that the folder exists, is writable and private, and has space. */
export async function checkDataFolder(dataDir: string): Promise<Finding[]> {
  const folder = await stat(dataDir).catch(() => undefined);
  if (!folder)
    return [
      { level: 'warning', text: `There is no data folder ${dataDir} yet; the first start creates it.` },
    ];
  const findings: Finding[] = [];
  try {
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    findings.push({ level: 'ok', text: `The data folder ${dataDir} can be read and written.` });
  } catch {
    findings.push({
      level: 'problem',
      text: `The data folder ${dataDir} cannot be read and written by this user.`,
      advice: ['Start Throughline as the user that owns the folder, or change the rights of the folder.'],
    });
  }
  if ((folder.mode & PUBLIC_RIGHTS) !== 0 && process.platform !== 'win32')
    findings.push({
      level: 'warning',
      text: 'Other users of this machine can enter the data folder.',
      advice: [`Run: chmod 700 ${dataDir}`],
    });
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  findings.push({
    level: free < LITTLE_SPACE_BYTES ? 'problem' : 'ok',
    text: `The disk of the data folder has ${(free / GIB).toFixed(1)} GiB of free space.`,
    ...(free < LITTLE_SPACE_BYTES && {
      advice: ['Free some space: without it nothing can be stored or merged.'],
    }),
  });
  return findings;
}

/** Reports damaged rows of the journal that a start has set aside. */
export async function checkQuarantine(journalFolder: string): Promise<Finding> {
  const folder = join(journalFolder, 'quarantine');
  const files = await readdir(folder).catch(() => []);
  if (files.length === 0) return { level: 'ok', text: 'No rows of the journal are in quarantine.' };
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  return {
    level: 'problem',
    text: `${files.length} files with ${sizes.reduce((sum, size) => sum + size, 0)} bytes of acknowledged rows are in quarantine: ${folder}`,
    advice: [
      'Their checksums did not match when the server started. Check the disk of this machine.',
      'If the clients still have the data, let them send it again; nothing is stored twice.',
      'Keep a copy of the files, then delete them to clear this message.',
    ],
  };
}

/** `isOurs` is true if a Throughline server responds at the address. */
export async function checkPort(host: string, port: number, what: string, isOurs: boolean): Promise<Finding> {
  const taken = await isTaken(host, port);
  if (!taken) return { level: 'ok', text: `Port ${port} (${what}) is free.` };
  if (isOurs) return { level: 'ok', text: `Port ${port} (${what}) is used by the Throughline that runs.` };
  return {
    level: 'problem',
    text: `Port ${port} (${what}) cannot be used: ${taken}.`,
    advice: ['Stop the program that uses it, or choose another port with --port or --grpc-port.'],
  };
}

function isTaken(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(error.message));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}
