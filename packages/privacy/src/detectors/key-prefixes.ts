/** The form of one issuer's keys: a fixed prefix, and a minimum number of characters after it. */
export interface KeyPrefix {
  readonly issuer: string;
  readonly prefix: string;
  /** Minimum length of the part after the prefix. */
  readonly minLength: number;
  /** If true, the part after the prefix has exactly `minLength` characters. For keys with a short prefix. */
  readonly exact?: boolean;
  /** The characters allowed after the prefix. Default: `token`. */
  readonly body?: KeyBody;
}

/** `token` is ASCII letters, digits, `_` and `-`. `dotted` is the same and `.`. */
export type KeyBody = 'token' | 'alphanumeric' | 'hex' | 'dotted';

/**
 * Prefixes from the documentation of the issuers. Lengths are lower bounds, because issuers make their keys longer over
 * time. Publishable keys (`pk_live_`, `pk-lf-`, `sb_publishable_`) are not listed, because they are not secret.
 */
export const KEY_PREFIXES: readonly KeyPrefix[] = [
  // OpenAI (sk-proj-), Anthropic (sk-ant-), OpenRouter (sk-or-), Langfuse (sk-lf-), DeepSeek and others
  { issuer: 'openai-style', prefix: 'sk-', minLength: 18 },

  // Model providers and AI tools
  { issuer: 'cerebras', prefix: 'csk-', minLength: 40, body: 'alphanumeric' },
  { issuer: 'firecrawl', prefix: 'fc-', minLength: 32, exact: true, body: 'hex' },
  { issuer: 'groq', prefix: 'gsk_', minLength: 40 },
  { issuer: 'hugging-face', prefix: 'hf_', minLength: 30 },
  { issuer: 'hugging-face-organisation', prefix: 'api_org_', minLength: 30 },
  { issuer: 'langsmith', prefix: 'lsv2_', minLength: 30 },
  { issuer: 'nvidia', prefix: 'nvapi-', minLength: 40 },
  { issuer: 'perplexity', prefix: 'pplx-', minLength: 40 },
  { issuer: 'pinecone', prefix: 'pcsk_', minLength: 40 },
  { issuer: 'replicate', prefix: 'r8_', minLength: 36 },
  { issuer: 'tavily', prefix: 'tvly-', minLength: 24 },
  { issuer: 'xai', prefix: 'xai-', minLength: 60 },

  // Clouds and hosting
  { issuer: 'aws', prefix: 'AKIA', minLength: 16, exact: true },
  { issuer: 'aws-temporary', prefix: 'ASIA', minLength: 16, exact: true },
  { issuer: 'aws-bedrock', prefix: 'ABSK', minLength: 100 },
  { issuer: 'digitalocean', prefix: 'dop_v1_', minLength: 60 },
  { issuer: 'digitalocean-oauth', prefix: 'doo_v1_', minLength: 60 },
  { issuer: 'digitalocean-refresh', prefix: 'dor_v1_', minLength: 60 },
  { issuer: 'fly', prefix: 'fm2_', minLength: 60 },
  { issuer: 'google', prefix: 'AIza', minLength: 35 },
  { issuer: 'google-access', prefix: 'ya29.', minLength: 30, body: 'dotted' },
  { issuer: 'google-oauth', prefix: 'GOCSPX-', minLength: 24 },
  { issuer: 'heroku', prefix: 'HRKU-', minLength: 30 },
  { issuer: 'netlify', prefix: 'nfp_', minLength: 36, body: 'alphanumeric' },
  { issuer: 'neon', prefix: 'napi_', minLength: 40, body: 'alphanumeric' },
  { issuer: 'planetscale', prefix: 'pscale_tkn_', minLength: 30 },
  { issuer: 'planetscale-oauth', prefix: 'pscale_oauth_', minLength: 30 },
  { issuer: 'planetscale-password', prefix: 'pscale_pw_', minLength: 30 },
  { issuer: 'pulumi', prefix: 'pul-', minLength: 40, exact: true, body: 'hex' },
  { issuer: 'render', prefix: 'rnd_', minLength: 24, body: 'alphanumeric' },
  { issuer: 'supabase', prefix: 'sbp_', minLength: 40 },
  { issuer: 'supabase-secret', prefix: 'sb_secret_', minLength: 24 },
  // Other Vault tokens have no rare character to serve as a trigger. They are found by names such as VAULT_TOKEN.
  { issuer: 'vault', prefix: 'hvs.CAES', minLength: 24 },
  { issuer: 'vercel', prefix: 'vcp_', minLength: 24, body: 'alphanumeric' },
  { issuer: 'vercel-access', prefix: 'vca_', minLength: 24, body: 'alphanumeric' },
  { issuer: 'vercel-blob', prefix: 'vercel_blob_rw_', minLength: 24 },
  { issuer: 'vercel-gateway', prefix: 'vck_', minLength: 24, body: 'alphanumeric' },
  { issuer: 'vercel-integration', prefix: 'vci_', minLength: 24, body: 'alphanumeric' },
  { issuer: 'vercel-refresh', prefix: 'vcr_', minLength: 24, body: 'alphanumeric' },

  // Source code and package registries
  { issuer: 'docker', prefix: 'dckr_pat_', minLength: 24 },
  { issuer: 'docker-organisation', prefix: 'dckr_oat_', minLength: 24 },
  { issuer: 'github', prefix: 'ghp_', minLength: 36 },
  { issuer: 'github-oauth', prefix: 'gho_', minLength: 36 },
  { issuer: 'github-user', prefix: 'ghu_', minLength: 36 },
  { issuer: 'github-server', prefix: 'ghs_', minLength: 36 },
  { issuer: 'github-refresh', prefix: 'ghr_', minLength: 36 },
  { issuer: 'github-fine-grained', prefix: 'github_pat_', minLength: 60 },
  { issuer: 'gitlab', prefix: 'glpat-', minLength: 20, body: 'dotted' },
  { issuer: 'gitlab-agent', prefix: 'glagent-', minLength: 20, body: 'dotted' },
  { issuer: 'gitlab-deploy', prefix: 'gldt-', minLength: 20, body: 'dotted' },
  { issuer: 'gitlab-feed', prefix: 'glft-', minLength: 20, body: 'dotted' },
  { issuer: 'gitlab-job', prefix: 'glcbt-', minLength: 20, body: 'dotted' },
  { issuer: 'gitlab-mail', prefix: 'glimt-', minLength: 20, body: 'dotted' },
  { issuer: 'gitlab-oauth', prefix: 'gloas-', minLength: 20, body: 'dotted' },
  { issuer: 'gitlab-runner', prefix: 'glrt-', minLength: 20, body: 'dotted' },
  { issuer: 'gitlab-scim', prefix: 'glsoat-', minLength: 20, body: 'dotted' },
  { issuer: 'gitlab-trigger', prefix: 'glptt-', minLength: 20, body: 'dotted' },
  { issuer: 'npm', prefix: 'npm_', minLength: 36 },
  { issuer: 'postman', prefix: 'PMAK-', minLength: 50 },
  { issuer: 'pypi', prefix: 'pypi-', minLength: 80 },
  { issuer: 'rubygems', prefix: 'rubygems_', minLength: 48, exact: true, body: 'hex' },
  { issuer: 'sentry', prefix: 'sntrys_', minLength: 40 },
  { issuer: 'sentry-user', prefix: 'sntryu_', minLength: 40 },
  { issuer: 'sourcegraph', prefix: 'sgp_', minLength: 40 },

  // Messaging and e-mail
  { issuer: 'mailgun', prefix: 'key-', minLength: 32, exact: true, body: 'hex' },
  { issuer: 'sendgrid', prefix: 'SG.', minLength: 50, body: 'dotted' },
  { issuer: 'brevo', prefix: 'xkeysib-', minLength: 60 },
  { issuer: 'slack', prefix: 'xoxa-', minLength: 20 },
  { issuer: 'slack', prefix: 'xoxb-', minLength: 20 },
  { issuer: 'slack', prefix: 'xoxc-', minLength: 20 },
  { issuer: 'slack', prefix: 'xoxd-', minLength: 20 },
  { issuer: 'slack', prefix: 'xoxe-', minLength: 20 },
  { issuer: 'slack', prefix: 'xoxp-', minLength: 20 },
  { issuer: 'slack', prefix: 'xoxr-', minLength: 20 },
  { issuer: 'slack', prefix: 'xoxs-', minLength: 20 },
  { issuer: 'slack-app', prefix: 'xapp-', minLength: 20 },
  { issuer: 'twilio', prefix: 'SK', minLength: 32, exact: true, body: 'hex' },

  // Office and monitoring tools
  { issuer: 'atlassian', prefix: 'ATATT', minLength: 60 },
  { issuer: 'figma', prefix: 'figd_', minLength: 36 },
  { issuer: 'grafana', prefix: 'glc_', minLength: 32 },
  { issuer: 'grafana-service', prefix: 'glsa_', minLength: 32 },
  { issuer: 'hubspot', prefix: 'pat-na', minLength: 36 },
  { issuer: 'hubspot', prefix: 'pat-eu', minLength: 36 },
  { issuer: 'linear', prefix: 'lin_api_', minLength: 32 },
  { issuer: 'linear-oauth', prefix: 'lin_oauth_', minLength: 32 },
  { issuer: 'linear-webhook', prefix: 'lin_wh_', minLength: 24 },
  { issuer: 'notion', prefix: 'ntn_', minLength: 40, body: 'alphanumeric' },
  { issuer: 'notion-integration', prefix: 'secret_', minLength: 43, exact: true, body: 'alphanumeric' },
  { issuer: 'posthog', prefix: 'phx_', minLength: 36, body: 'alphanumeric' },

  // Payments and shops
  { issuer: 'shopify', prefix: 'shpat_', minLength: 32 },
  { issuer: 'shopify-custom', prefix: 'shpca_', minLength: 32 },
  { issuer: 'shopify-private', prefix: 'shppa_', minLength: 32 },
  { issuer: 'shopify-secret', prefix: 'shpss_', minLength: 32 },
  { issuer: 'square', prefix: 'sq0atp-', minLength: 22 },
  { issuer: 'square-secret', prefix: 'sq0csp-', minLength: 40 },
  { issuer: 'stripe', prefix: 'sk_live_', minLength: 16 },
  { issuer: 'stripe', prefix: 'sk_test_', minLength: 16 },
  { issuer: 'stripe-restricted', prefix: 'rk_live_', minLength: 16 },
  { issuer: 'stripe-restricted', prefix: 'rk_test_', minLength: 16 },
  { issuer: 'stripe-webhook', prefix: 'whsec_', minLength: 24 },
];
