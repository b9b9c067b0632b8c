import { compileRedactor, DEFAULT_RULES, type Redactor } from '@throughline/privacy';

export interface Throughput {
  readonly workload: string;
  readonly bytes: number;
  readonly replacements: number;
  readonly megabytesPerSecond: number;
}

/** Median of nine runs, in MB of UTF-8 per second of this thread's CPU time, which other programs affect less. */
export function measureThroughput(workload: string, texts: readonly string[], redact: Redactor): Throughput {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const run = () => texts.reduce((sum, text) => sum + countOf(redact, text), 0);
  const replacements = run();
  for (const end = performance.now() + 1000; performance.now() < end; ) run();
  const speeds = Array.from({ length: 9 }, () => {
    let runs = 0;
    const start = cpuMs();
    while (cpuMs() - start < 300) {
      run();
      runs++;
    }
    return (runs * bytes) / 1e3 / (cpuMs() - start);
  }).sort((a, b) => a - b);
  return { workload, bytes, replacements, megabytesPerSecond: speeds[4] ?? 0 };
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function countOf(redact: Redactor, text: string): number {
  return redact(text).counts.reduce((sum, { count }) => sum + count, 0);
}

/** Returns texts of about 4 kB that are typical for LLM spans. They are the same in every run. */
export function buildWorkloads(): readonly (readonly [name: string, texts: readonly string[]])[] {
  const random = mulberry32(20_26);
  return [
    ['low: prose, an e-mail address in every tenth text', texts(100, () => prose(random), random, 0.1)],
    ['low: Markdown answers with lists, years and amounts', texts(100, () => markdown(random), random, 0.1)],
    ['low: JSON messages', texts(100, () => jsonMessages(random), random, 0.1)],
    ['low: prose outside ASCII (German, Japanese)', texts(100, () => foreign(random), random, 0.1)],
    ['low: source code', texts(100, () => code(random), random, 0.1)],
    ['digits: embedding vectors', texts(100, () => vectors(random), random, 0)],
    ['high: a contact card every 200 characters', texts(100, () => prose(random, contact), random, 0)],
  ];
}

type Random = () => number;

const WORDS =
  `the retrieval step returned documents about refund policy and shipping times for orders placed in the store which
  the assistant summarised before it answered with a short explanation of what customers may expect when a parcel is late
  because the carrier did not scan it on the day of delivery however most people receive their money within several days`.split(
    /\s+/,
  );
const FOREIGN =
  `die Rückgabe größerer Möbel übernimmt der Händler während das Paket über die nächste Filiale zurückgeht 返品は三十日以内に
  受け付けます 送料は無料です お客様の 注文は 発送されました für Änderungen genügt eine kurze Nachricht an das Team`.split(
    /\s+/,
  );

function texts(count: number, make: () => string, random: Random, share: number): string[] {
  return Array.from({ length: count }, () => {
    const text = make();
    return random() < share ? `${text}\nWrite to ada.lovelace@example.com for more.` : text;
  });
}

function prose(random: Random, insert?: (random: Random) => string): string {
  return fill(() => `${sentence(random, WORDS)}. ${insert && random() < 0.3 ? insert(random) : ''}`);
}

function foreign(random: Random): string {
  return fill(() => `${sentence(random, FOREIGN)}. `);
}

function markdown(random: Random): string {
  return fill((n) =>
    n % 8 === 0
      ? `\n## ${n}. ${sentence(random, WORDS)} (${2000 + (n % 27)})\n\n`
      : `- **${pick(random, WORDS)}**: ${sentence(random, WORDS)}, ${Math.floor(random() * 900)} USD\n`,
  );
}

function jsonMessages(random: Random): string {
  const messages: unknown[] = [];
  for (let size = 0; size < 4000; size += 180) {
    messages.push({
      role: size % 360 === 0 ? 'user' : 'assistant',
      content: `${sentence(random, WORDS)}. ${sentence(random, WORDS)}.`,
      finish_reason: 'stop',
      usage: { input_tokens: Math.floor(random() * 4000), output_tokens: Math.floor(random() * 400) },
    });
  }
  return JSON.stringify(messages);
}

function code(random: Random): string {
  return fill((n) => {
    const name = `${pick(random, WORDS)}_${pick(random, WORDS)}`;
    return `  const ${name} = await fetch_${pick(random, WORDS)}(options.${pick(random, WORDS)}, { limit: ${n} });\n`;
  });
}

function vectors(random: Random): string {
  return JSON.stringify(Array.from({ length: 210 }, () => random() - 0.5));
}

function contact(random: Random): string {
  const digits = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
  return pick(random, [
    `Mail: ${pick(random, WORDS)}.${pick(random, WORDS)}@example.com. `,
    `Phone: +1 415 555 ${digits(4)}. `,
    `Call me at (212) 555-${digits(4)}. `,
    'Card 4242 4242 4242 4242. ',
    'IBAN DE89 3704 0044 0532 0130 00. ',
    'SSN 123-45-6789. ',
    `From 203.0.113.${Math.floor(random() * 200) + 1}. `,
    `Key sk-proj-${digits(10)}AbCdEfGhIjKlMnOpQrSt${digits(4)}. `,
  ]);
}

function fill(part: (n: number) => string): string {
  let text = '';
  for (let n = 0; text.length < 4096; n++) text += part(n);
  // Flattens the string, as decoded texts are flat too.
  return Buffer.from(text).toString('utf8');
}

function sentence(random: Random, words: readonly string[]): string {
  return Array.from({ length: 8 + Math.floor(random() * 10) }, () => pick(random, words)).join(' ');
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

/** A seeded random number generator, so that runs are comparable. */
function mulberry32(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const defaultRedactor = (): Redactor => compileRedactor(DEFAULT_RULES);
