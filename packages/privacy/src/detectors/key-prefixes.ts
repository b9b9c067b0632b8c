/** How the credentials of one issuer look: a fixed beginning and at least so many characters after it. */
export interface KeyPrefix {
  readonly issuer: string;
  readonly prefix: string;
  readonly minLength: number;
  /** Exact length of the rest, for issuers whose keys never vary and whose prefix is short. */
  readonly exact?: boolean;
}

/** From the issuers' own pages on token formats; lengths are lower bounds, since issuers lengthen their keys. */
export const KEY_PREFIXES: readonly KeyPrefix[] = [
  // OpenAI, Anthropic (sk-ant-), OpenRouter (sk-or-), Langfuse (sk-lf-), DeepSeek and others that took over the form
  { issuer: 'openai-style', prefix: 'sk-', minLength: 18 },
  { issuer: 'aws', prefix: 'AKIA', minLength: 16, exact: true },
  { issuer: 'aws-temporary', prefix: 'ASIA', minLength: 16, exact: true },
  { issuer: 'google', prefix: 'AIza', minLength: 35 },
  { issuer: 'google-oauth', prefix: 'GOCSPX-', minLength: 24 },
  { issuer: 'github', prefix: 'ghp_', minLength: 36 },
  { issuer: 'github-oauth', prefix: 'gho_', minLength: 36 },
  { issuer: 'github-user', prefix: 'ghu_', minLength: 36 },
  { issuer: 'github-server', prefix: 'ghs_', minLength: 36 },
  { issuer: 'github-refresh', prefix: 'ghr_', minLength: 36 },
  { issuer: 'github-fine-grained', prefix: 'github_pat_', minLength: 60 },
  { issuer: 'gitlab', prefix: 'glpat-', minLength: 20 },
  { issuer: 'slack', prefix: 'xoxb-', minLength: 20 },
  { issuer: 'slack', prefix: 'xoxp-', minLength: 20 },
  { issuer: 'slack', prefix: 'xoxa-', minLength: 20 },
  { issuer: 'slack', prefix: 'xoxr-', minLength: 20 },
  { issuer: 'slack', prefix: 'xoxs-', minLength: 20 },
  { issuer: 'slack-app', prefix: 'xapp-', minLength: 20 },
  { issuer: 'stripe', prefix: 'sk_live_', minLength: 16 },
  { issuer: 'stripe', prefix: 'sk_test_', minLength: 16 },
  { issuer: 'stripe-restricted', prefix: 'rk_live_', minLength: 16 },
  { issuer: 'stripe-restricted', prefix: 'rk_test_', minLength: 16 },
  { issuer: 'stripe-webhook', prefix: 'whsec_', minLength: 24 },
  { issuer: 'npm', prefix: 'npm_', minLength: 36 },
  { issuer: 'pypi', prefix: 'pypi-', minLength: 80 },
  { issuer: 'hugging-face', prefix: 'hf_', minLength: 30 },
  { issuer: 'groq', prefix: 'gsk_', minLength: 40 },
  { issuer: 'xai', prefix: 'xai-', minLength: 60 },
  { issuer: 'perplexity', prefix: 'pplx-', minLength: 40 },
  { issuer: 'replicate', prefix: 'r8_', minLength: 36 },
  { issuer: 'langsmith', prefix: 'lsv2_', minLength: 30 },
  { issuer: 'digitalocean', prefix: 'dop_v1_', minLength: 60 },
  { issuer: 'shopify', prefix: 'shpat_', minLength: 32 },
  { issuer: 'linear', prefix: 'lin_api_', minLength: 32 },
];
