/**
 * The allowed imports between folders, as data.
 *
 * A room is a folder directly below `src` of a package (in the web application each page is a room), and `src` is the room
 * of the files that lie directly in it. Rooms are listed from top to bottom, and each names the rooms below it that it
 * may import. `layers.test.ts` compares this with the imports of every file; imports of types count as well.
 *
 * Test code is exempt: files named `*.test.ts` or `*.contract.ts` and everything in a folder `testing`. It may import
 * anything, and no other file may import it.
 */
export interface PackageRules {
  /** Other packages of this repository that it may import, by name. */
  readonly packages: readonly string[];
  /** `any` dependency, only those that run in a `browser`, or exactly the ones in a list. */
  readonly dependencies: 'any' | 'browser' | readonly string[];
  /** Rooms from top to bottom, each with the rooms that it may import. `all` means every room below it. */
  readonly rooms: Readonly<Record<string, readonly string[] | 'all'>>;
}

/** Rooms that every page of the web application may import. */
const PAGE = [
  'list',
  'waterfall',
  'filter',
  'content',
  'scores',
  'charts',
  'frame',
  'url',
  'ui',
  'api',
  'format',
];

export const PACKAGES: Readonly<Record<string, PackageRules>> = {
  spans: {
    packages: [],
    dependencies: ['@pydantic/genai-prices'],
    rooms: {
      src: 'all',
      search: ['attributes', 'filter', 'model'],
      mapping: ['dialects', 'messages', 'attributes', 'pricing', 'model', 'memory'],
      // Calls that several instrumentations recorded.
      calls: ['pricing', 'model'],
      dialects: ['messages', 'attributes', 'pricing', 'model', 'memory'],
      messages: ['attributes', 'model'],
      attributes: ['model', 'memory'],
      pricing: ['model', 'memory'],
      filter: ['catalogue', 'model'],
      catalogue: ['model'],
      trace: ['model'],
      // What the comparison of groups of traces needs.
      statistics: [],
      model: [],
      memory: [],
    },
  },

  privacy: {
    packages: [],
    dependencies: ['libphonenumber-js/min', 're2js'],
    rooms: {
      src: 'all',
      redact: ['compile', 'rules', 'text'],
      compile: ['rules', 'scan', 'detectors', 'text'],
      rules: ['detectors'],
      scan: ['detectors', 'text'],
      detectors: ['text'],
      text: [],
    },
  },

  sdk: {
    packages: ['@throughline/spans', '@throughline/privacy'],
    dependencies: 'any',
    rooms: {
      src: 'all',
      register: ['frameworks', 'vector-stores', 'providers', 'patch', 'core'],
      frameworks: ['providers', 'patch', 'span', 'stream', 'context', 'content', 'core'],
      'vector-stores': ['patch', 'span', 'stream', 'context', 'core'],
      providers: ['patch', 'span', 'stream', 'context', 'core'],
      patch: ['stream', 'core'],
      span: ['stream', 'context', 'content', 'core'],
      stream: ['core'],
      setup: ['context', 'delivery', 'sampling', 'core'],
      context: ['delivery', 'sampling', 'content', 'core'],
      delivery: ['core'],
      sampling: ['core'],
      content: ['core'],
      core: [],
    },
  },

  server: {
    packages: ['@throughline/spans', '@throughline/privacy'],
    dependencies: 'any',
    rooms: {
      // `throughline doctor` examines a store and its folder.
      cli: ['src', 'config', 'relational', 'clickhouse', 'data-folder', 'contract', 'errors'],
      // main.ts and app.ts: the composition root.
      src: 'all',
      // Settings are parsed by the small pure parsers of the rooms that use them.
      config: ['ingest', 'http', 'relational', 'clickhouse', 'access', 'errors'],
      'self-metrics': ['receive', 'ingest', 'live', 'loader', 'journal', 'admission', 'errors'],
      // One folder for each feature with its own worker, queries and routes.
      features: [
        'api',
        'admission',
        'settle',
        'query',
        'ingest',
        'journal',
        'relational',
        'http',
        'clickhouse',
        'tables',
        'contract',
        'project',
        'errors',
      ],
      // The tools of coding agents.
      mcp: ['api', 'query', 'http', 'clickhouse', 'admission', 'contract', 'project', 'errors'],
      api: ['live', 'query', 'ingest', 'http', 'clickhouse', 'admission', 'contract', 'project', 'errors'],
      live: ['query', 'clickhouse', 'contract', 'errors'],
      // Derives again what ingest derived from stored content.
      remap: ['query', 'tables', 'clickhouse'],
      receive: ['ingest', 'http', 'admission', 'access', 'otlp', 'project', 'memory', 'errors'],
      ingest: ['journal', 'tables', 'admission', 'otlp', 'project', 'memory', 'errors'],
      query: ['settle', 'tables', 'clickhouse', 'contract', 'project', 'errors'],
      // One row for each trace.
      settle: ['data-folder', 'tables', 'clickhouse', 'errors'],
      loader: ['journal', 'clickhouse', 'errors'],
      tables: ['journal', 'otlp'],
      journal: ['data-folder', 'errors'],
      http: ['clickhouse', 'contract', 'admission', 'access', 'project', 'errors'],
      // Saved views, links and settings: SQLite or Postgres.
      relational: ['data-folder', 'errors'],
      clickhouse: ['errors'],
      contract: ['errors'],
      admission: ['project', 'memory', 'errors'],
      otlp: ['memory', 'errors'],
      // API keys.
      access: ['errors'],
      'data-folder': ['errors'],
      project: ['errors'],
      memory: [],
      errors: [],
    },
  },

  web: {
    packages: ['@throughline/spans'],
    dependencies: 'browser',
    rooms: {
      app: 'all',
      'pages/traces': ['pages/trace', 'pages/first-run', ...PAGE],
      'pages/spans': ['pages/trace', 'pages/first-run', ...PAGE],
      'pages/sessions': ['pages/first-run', ...PAGE],
      'pages/users': ['pages/first-run', ...PAGE],
      'pages/scores': ['pages/first-run', ...PAGE],
      'pages/session': PAGE,
      'pages/user': PAGE,
      'pages/shared': ['pages/trace', ...PAGE],
      'pages/trace': PAGE,
      'pages/compare': PAGE,
      'pages/dashboards': PAGE,
      'pages/prices': PAGE,
      'pages/sql': PAGE,
      'pages/problems': PAGE,
      'pages/client-metrics': PAGE,
      'pages/first-run': PAGE,
      // What all pages with a list share: the table, its columns, live updates and keys.
      list: ['waterfall', 'views', 'filter', 'scores', 'frame', 'url', 'ui', 'api', 'format'],
      waterfall: ['scores', 'ui', 'api', 'format'],
      // Saved views of a list.
      views: ['frame', 'url', 'ui', 'api', 'format'],
      // The filter language in the page: search bar, chips, facets, links that filter.
      filter: ['frame', 'url', 'ui', 'api', 'format'],
      content: ['ui', 'api', 'format'],
      scores: ['frame', 'ui', 'api', 'format'],
      charts: ['ui', 'api', 'format'],
      frame: ['url', 'ui', 'api', 'format'],
      url: ['format'],
      ui: ['api', 'format'],
      api: [],
      format: [],
    },
  },
};
