import { describe, expect, test } from 'vitest';
import { DEFAULT_RULES } from '../rules/rules.ts';
import { compileRedactor } from './redact.ts';

/** Every kind of API key is tested in every surrounding text. No part of a key may remain. */

const redact = compileRedactor(DEFAULT_RULES);

/** Creates a random generator with a fixed seed, so that every run tests the same texts. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
const random = createRandom(20_261_118);
const ALPHABETS = {
  x: '0123456789abcdef',
  w: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  t: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-',
  d: '0123456789',
};

/**
 * Fills a template with random characters: `<w40>` becomes 40 letters and digits. `x` stands for hexadecimal digits, `t`
 * for URL-safe Base64 and `d` for decimal digits.
 */
function fill(template: string): string {
  return template.replace(/<([xwtd])(\d+)>/g, (_, kind: keyof typeof ALPHABETS, length: string) => {
    const alphabet = ALPHABETS[kind];
    const body = Array.from(
      { length: Number(length) },
      () => alphabet[Math.floor(random() * alphabet.length)],
    );
    // A key must not begin or end with a dash or underscore, because these would count as punctuation.
    return body.join('').replace(/[_-]$/, '7').replace(/^[_-]/, 'Q');
  });
}

/** Templates of keys, written from the issuers' documentation and not from the table of prefixes. */
const KEYS: Readonly<Record<string, string>> = {
  Anthropic: 'sk-ant-api03-<t93>AA',
  'AWS access key': 'AKIA<w0>IOSFODNN7EXAMPLE',
  Brevo: 'xkeysib-<x64>-<w16>',
  Cerebras: 'csk-<w48>',
  Databricks: 'dapi<x32>',
  DeepSeek: 'sk-<x32>',
  DigitalOcean: 'dop_v1_<x64>',
  'Docker personal': 'dckr_pat_<t27>',
  'Docker organisation': 'dckr_oat_<t32>',
  Figma: 'figd_<t40>',
  'GitHub classic': 'ghp_<w36>',
  'GitHub fine-grained': 'github_pat_<w22>_<w59>',
  'GitHub app': 'ghs_<w36>',
  GitLab: 'glpat-<t20>',
  'GitLab, routable': 'glpat-<t27>.01.<w9>',
  'GitLab runner': 'glrt-<t20>',
  'Google API': 'AIza<t35>',
  'Google access': 'ya29.a0<t120>',
  'Google service account': 'ya29.c.<t120>',
  'Google OAuth client': 'GOCSPX-<t28>',
  Grafana: 'glsa_<w32>_<x8>',
  Groq: 'gsk_<w52>',
  'Hugging Face': 'hf_<w34>',
  Langfuse: 'sk-lf-<x8>-<x4>-<x4>-<x4>-<x12>',
  LangSmith: 'lsv2_pt_<x32>_<x10>',
  'LangSmith service': 'lsv2_sk_<x32>_<x10>',
  Linear: 'lin_api_<w40>',
  Mailgun: 'key-<x32>',
  Netlify: 'nfp_<w36>',
  Notion: 'ntn_<d11><w35>',
  'Notion, older': 'secret_<w43>',
  npm: 'npm_<w36>',
  NVIDIA: 'nvapi-<t64>',
  'OpenAI project': 'sk-proj-<t74>T3BlbkFJ<t74>',
  'OpenAI service account': 'sk-svcacct-<t74>T3BlbkFJ<t74>',
  OpenRouter: 'sk-or-v1-<x64>',
  Perplexity: 'pplx-<w48>',
  Pinecone: 'pcsk_<w6>_<w64>',
  PlanetScale: 'pscale_tkn_<t43>',
  PostHog: 'phx_<w43>',
  PyPI: 'pypi-AgEIcHlwaS5vcmc<t160>',
  Replicate: 'r8_<w37>',
  SendGrid: 'SG.<t22>.<t43>',
  Sentry: 'sntrys_<t120>',
  Shopify: 'shpat_<x32>',
  'Shopify custom': 'shpca_<x32>',
  'Slack bot': 'xoxb-<d12>-<d13>-<w24>',
  'Slack app': 'xapp-1-A<w10>-<d13>-<x64>',
  Square: 'sq0csp-<t43>',
  'Stripe live': 'sk_live_<w99>',
  'Stripe restricted': 'rk_live_<w99>',
  'Stripe webhook': 'whsec_<w32>',
  Supabase: 'sbp_<x40>',
  'Supabase secret': 'sb_secret_<t31>',
  Tavily: 'tvly-dev-<w32>',
  'Telegram bot': '<d10>:AA<t33>',
  Twilio: 'SK<x32>',
  Vault: 'hvs.CAESI<t86>',
  Vercel: 'vcp_<w56>',
  'Vercel blob': 'vercel_blob_rw_<w16>_<w30>',
  xAI: 'xai-<w80>',
};

/** Texts around a key. `§` stands for the key. */
const SURROUNDINGS: readonly string[] = [
  '§',
  'the key is §.',
  'the key is §, thanks',
  'key=§',
  'KEY="§"',
  "curl -H 'x-api-key: §' https://example.com",
  '{"note":"§","n":1}',
  '{\\"note\\":\\"§\\",\\"n\\":1}',
  'line\\n§\\nline',
  'line\n§\r\nline',
  '`§`',
  '**§**',
  '(§)',
  '[§](https://example.com)',
  'https://example.com/?q=§&page=2',
  'https%3A%2F%2Fexample.com%2F%3Fq%3D§%26page%3D2',
  '密钥是§，请保密',
  '<code>§</code>',
  'é§é'.replaceAll('é', ' é '),
  '\t§\t',
  'config = {key: §}',
];

describe.each(Object.entries(KEYS))('API key: %s', (_issuer, template) => {
  test('is removed from every surrounding text', () => {
    for (const surrounding of SURROUNDINGS) {
      const key = fill(template);
      const { value, counts } = redact(surrounding.replace('§', () => key));
      const longest = key.split(/[.:_-]/).sort((a, b) => b.length - a.length)[0] ?? key;
      expect(value, surrounding).not.toContain(longest);
      expect(counts.length, surrounding).toBeGreaterThan(0);
      expect(redact(value).counts, value).toEqual([]);
    }
  });

  test('is removed if it contains a zero-width space', () => {
    const key = fill(template);
    const middle = Math.floor(key.length / 2);
    const { value } = redact(`the key is ${key.slice(0, middle)}\u200b${key.slice(middle)} now`);
    expect(value).not.toContain(key.slice(middle));
  });
});

test('cards are found with every separator and in every script', () => {
  const cards = ['4242424242424242', '5555555555554444', '6011111111111117', '3530111333300000'];
  const dashes = [...'-‐‑‒–—―−﹘－'];
  const spaces = [...'  \u2002\u2003\u2009\u202f\u3000\t'];
  const others = [
    '.',
    '+',
    '_',
    '/',
    '·',
    '%20',
    '\n',
    '\r\n',
    '\\n',
    ' - ',
    ' – ',
    '\u200b',
    '\u200d',
    '\u2060',
  ];
  const zeros = [0x30, 0xff10, 0x0660, 0x06f0, 0x0966];
  for (const card of cards) {
    for (const separator of [...dashes, ...spaces, ...others]) {
      for (const zero of zeros) {
        const digits = [...card].map((digit) => String.fromCharCode(zero + Number(digit))).join('');
        const written = (digits.match(/.{4}/g) ?? []).join(separator);
        const { value, counts } = redact(`pay ${written} now`);
        expect({ written, value, counts }).toEqual({
          written,
          value: 'pay [CARD] now',
          counts: [{ ruleId: 'payment-card', count: 1 }],
        });
      }
    }
  }
});

/** Texts that resemble secrets and must stay unchanged. */
test.each([
  'git clone git@github.com:acme/shop.git && git@gitlab.com:a/b.git',
  'account 1234-5678-9012, order 4673-3951-8820',
  'the version is 1.4.36.205 and v1.4.36.205',
  'npm_config_registry and hf_hub_download_with_retry_and_cache',
  'secret_key_of_the_application_settings_module_2',
  'SK-2024-0117 and SKU1234567890',
  'ya29 and SG.Net, AWS SG.example',
  'dapi and dapirate0 and adapi0123456789abcdef0123456789abcdef',
  'use --password to set it and --token for the rest',
  'https://discord.com/developers/docs/resources/webhook',
  '?code=404&key=name&session=off&sig=none',
  'sk-learn-pipeline-with-many-steps-and-names',
  'a cookie: sweet; cookie policy: see below',
  'render rnd_seed and key-value pairs, key-points-of-the-text',
])('%s stays unchanged', (text) => {
  expect(redact(text)).toEqual({ value: text, counts: [] });
});
