import type { Detector } from './detector.ts';

/** Webhook URLs whose path is a credential: anyone who knows the URL can post messages. */
const WEBHOOKS: readonly (readonly [issuer: string, host: RegExp, path: RegExp])[] = [
  ['slack', /^hooks\.slack(?:-gov)?\.com$/, /^\/(?:services|workflows|triggers)\//],
  ['discord', /^(?:(?:canary|ptb)\.)?discord(?:app)?\.com$/, /^\/api\/(?:v\d+\/)?webhooks\/\d+\//],
  ['teams', /^(?:[a-z0-9-]+\.webhook\.office\.com|outlook\.office(?:365)?\.com)$/, /^\/webhook(?:b2)?\//],
  ['power-automate', /\.(?:logic\.azure\.com|api\.powerplatform\.com)$/, /^\/(?:workflows|powerautomate)\//],
  ['google-chat', /^chat\.googleapis\.com$/, /^\/v1\/spaces\//],
  ['zapier', /^hooks\.zapier\.com$/, /^\/hooks\//],
  ['make', /^hook\.(?:[a-z0-9]+\.)?make\.com$/, /^\//],
];

const MAX_HOST = 100;
const MAX_PATH = 2048;
const MIN_SECRET = 16;
const ENDS = new Set([...'"\'`<>()[]{}|\\ \t\r\n,'].map((char) => char.charCodeAt(0)));
const SLASH = 0x2f;
const BACKSLASH = 0x5c;

/** Finds the path of webhook URLs of Slack, Discord, Teams and others. Scheme and host are kept. */
export const webhookUrl: Detector = {
  label: 'WEBHOOK',
  triggers: ':',
  canFollow: (previous) => /[sp]/i.test(previous),
  find(text, at) {
    const hostStart = afterSlashes(text, at + 1);
    if (hostStart === undefined) return undefined;
    let hostEnd = hostStart;
    while (hostEnd - hostStart < MAX_HOST && isHostAt(text, hostEnd)) hostEnd++;
    const isEscaped = text.charCodeAt(hostEnd) === BACKSLASH && text.charCodeAt(hostEnd + 1) === SLASH;
    const start = isEscaped ? hostEnd + 1 : hostEnd;
    if (text.charCodeAt(start) !== SLASH) return undefined;
    const host = text.slice(hostStart, hostEnd).toLowerCase();
    const rows = WEBHOOKS.filter((row) => row[1].test(host));
    if (rows.length === 0) return undefined;
    const end = pathEnd(text, start);
    const path = text.slice(start, end).replaceAll('\\/', '/');
    return path.length >= MIN_SECRET && rows.some((row) => row[2].test(path))
      ? { start: start + 1, end }
      : undefined;
  },
  normalise: (value) => value.replaceAll('\\/', '/'),
};

/** Returns the index after `//`, or after `\/\/` as some JSON encoders write it. Undefined if there is neither. */
function afterSlashes(text: string, index: number): number | undefined {
  const code = text.charCodeAt(index);
  if (code === SLASH) return text.charCodeAt(index + 1) === SLASH ? index + 2 : undefined;
  return code === BACKSLASH && text.startsWith('\\/\\/', index) ? index + 4 : undefined;
}

function isHostAt(text: string, index: number): boolean {
  const code = text.charCodeAt(index) | 0x20;
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2d;
}

/**
 * Returns the end of the path: the next white space, quote or bracket. Punctuation at the end of a sentence is kept.
 */
function pathEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + MAX_PATH);
  let end = start;
  while (end < limit) {
    const code = text.charCodeAt(end);
    if (code === BACKSLASH && text.charCodeAt(end + 1) === SLASH) end += 2;
    else if (ENDS.has(code)) break;
    else end++;
  }
  while (end > start && '.?!;:*_'.includes(text.charAt(end - 1))) end--;
  return end;
}
