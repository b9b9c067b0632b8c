/**
 * Runs a statement that a person wrote, on the tables of one project.
 *
 * The statement is never searched for forbidden words. ClickHouse parses it as a value (`formatQuery`), which does not run it
 * and accepts one statement only, and the syntax tree of the result is compared with a list of what is allowed:
 *
 *     text ─▶ formatQuery({text}) ─▶ EXPLAIN AST ─▶ check ─▶ WITH tables of the project SELECT * FROM (statement) LIMIT n
 *
 * A second wall is the session: it can only read, its database has no tables of Throughline, and time, memory, rows and bytes
 * are limited.
 */
import type { Engine, QueryLimits } from '../../clickhouse/engine.ts';
import { compile, sql, unsafeRawSql } from '../../clickhouse/sql.ts';
import type { SqlResult } from '../../contract/sql.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import { readAllowedNames } from './allowed-names.ts';
import { type AllowedNames, checkSyntaxTree, SqlRejection } from './check-syntax-tree.ts';
import { explainSqlError } from './explain-sql-error.ts';
import { SQL_TABLE_NAMES, SQL_TABLES, type SqlRange, type SqlTable, withTables } from './sql-tables.ts';
import { readSyntaxTree } from './syntax-tree.ts';

export const MAX_SQL_LENGTH = 20_000;
export const MAX_SQL_ROWS = 10_000;
const MAX_BYTES = 16 << 20;
const MAX_SECONDS = 20;
const MAX_MEMORY_BYTES = 1 << 30;

export interface RunSqlOptions extends SqlRange {
  readonly project: string;
  /** Maximum number of rows. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/** Quoted names could contain line breaks and so imitate nodes of the syntax tree. */
const QUOTES = /["`\u201c\u201d\u2018\u2019]/;

/** Matches the start of a placeholder that ClickHouse or this server replaces with a value. */
const PARAMETER = /\{\s*\w+\s*:/;

export class SqlRunner {
  readonly #engine: Engine;
  #names: Promise<AllowedNames> | undefined;
  #database: Promise<string> | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @throws ThroughlineError invalid-sql, query-too-large */
  async run(text: string, options: RunSqlOptions): Promise<SqlResult> {
    const limits: QueryLimits = {
      maxSeconds: MAX_SECONDS,
      maxMemoryBytes: MAX_MEMORY_BYTES,
      ...(options.signal && { signal: options.signal }),
    };
    const statement = await this.#check(text, limits);
    try {
      return await this.#read(statement, options, limits);
    } catch (error) {
      throw explainSqlError(error);
    }
  }

  /** The statement as ClickHouse prints it, if it is allowed. */
  async #check(text: string, limits: QueryLimits): Promise<string> {
    const quote = QUOTES.exec(text);
    if (quote)
      throw invalid(
        `At position ${quote.index}: quoted names are not supported. Use names of letters, digits and _, and single quotation marks for text.`,
      );
    try {
      const [formatted] = await this.#engine.queryIsolated<{ text: string }>(
        ...compile(sql`SELECT formatQuery(${text}) AS text`),
        limits,
      );
      const statement = formatted?.text ?? '';
      if (PARAMETER.test(statement))
        throw new SqlRejection('Parameters such as {name:Type} are not allowed, also inside of texts.');
      const lines = await this.#engine.queryIsolated<{ explain: string }>(
        `EXPLAIN AST ${statement}`,
        {},
        limits,
      );
      const tree = readSyntaxTree(lines.map(({ explain }) => explain).filter((line) => line !== ''));
      if (!tree) throw new SqlRejection('This syntax is not allowed.');
      checkSyntaxTree(tree, await this.#allowedNames());
      return statement;
    } catch (error) {
      if (error instanceof SqlRejection) throw invalid(error.message);
      throw explainSqlError(error);
    }
  }

  async #read(statement: string, options: RunSqlOptions, limits: QueryLimits): Promise<SqlResult> {
    const { project, limit } = options;
    const tables = withTables(await this.#databaseName(), project, options);
    const body = sql`(
${unsafeRawSql(statement)}
)`;
    const described = await this.#engine.queryIsolated<{ name: string; type: string }>(
      ...compile(sql`DESCRIBE TABLE (${tables} SELECT * FROM ${body})`),
      limits,
    );
    const columns = described.map(({ name, type }) => ({ name, type }));
    const twice = columns.find(
      ({ name }, index) => columns.findIndex((each) => each.name === name) !== index,
    );
    if (twice)
      throw invalid(`Two columns have the name ${twice.name}. Give one of them another name with AS.`);
    const rows = await this.#engine.queryIsolated<Record<string, unknown>>(
      ...compile(sql`
      ${tables}
      SELECT * FROM ${body}
      LIMIT ${limit + 1}
      SETTINGS max_result_bytes = ${MAX_BYTES}, optimize_move_to_prewhere = 0, optimize_move_to_prewhere_if_final = 0,
        query_plan_remove_redundant_sorting = 0, output_format_json_quote_64bit_integers = 1,
        output_format_json_quote_denormals = 1, max_ast_depth = 200, max_expanded_ast_elements = 50000`),
      { ...limits, maxResultRows: limit + 1 },
    );
    return {
      columns,
      rows: rows.slice(0, limit).map((row) => columns.map(({ name }) => row[name] ?? null)),
      truncated: rows.length > limit,
    };
  }

  #allowedNames(): Promise<AllowedNames> {
    this.#names ??= readAllowedNames(this.#engine).catch((error) => {
      this.#names = undefined;
      throw error;
    });
    return this.#names;
  }

  #databaseName(): Promise<string> {
    this.#database ??= this.#engine
      .query<{ name: string }>('SELECT currentDatabase() AS name')
      .then(([row]) => row?.name ?? '')
      .catch((error) => {
        this.#database = undefined;
        throw error;
      });
    return this.#database;
  }
}

function invalid(message: string): ThroughlineError {
  return new ThroughlineError('invalid-sql', message);
}

/** Names and types of the tables and columns, for completion. Materialised columns repeat what is in others. */
export async function sqlSchema(
  engine: Pick<Engine, 'query'>,
): Promise<{ name: string; columns: { name: string; type: string }[] }[]> {
  const rows = await engine.query<{ table: string; name: string; type: string }>(
    ...compile(
      sql`
      SELECT table, name, type
      FROM system.columns
      WHERE database = currentDatabase() AND table IN ${SQL_TABLE_NAMES} AND default_kind != 'MATERIALIZED'
      ORDER BY table, position`,
    ),
  );
  return SQL_TABLE_NAMES.map((name) => ({
    name,
    columns: rows
      .filter((row) => row.table === name && !isHidden(name, row.name))
      .map(({ name: column, type }) => ({ name: column, type })),
  }));
}

function isHidden(table: SqlTable, column: string): boolean {
  return column === 'project' || (SQL_TABLES[table].hidden as readonly string[]).includes(column);
}
