import type { PostgresAddress } from '../../relational/postgres-address.ts';
import type { Finding } from './finding.ts';

interface RelationalConfig {
  readonly dataDir: string;
  readonly postgres?: PostgresAddress | undefined;
}

/** Examines the database of saved views and links. A server may use it at the same time. */
export async function checkRelational({ dataDir, postgres }: RelationalConfig): Promise<Finding[]> {
  return [postgres ? await checkPostgres(postgres) : await checkSqlite(dataDir)];
}

async function checkPostgres(address: PostgresAddress): Promise<Finding> {
  const { postgresProblem } = await import('../../relational/check-database.ts');
  const problem = await postgresProblem(address);
  if (problem === undefined) return { level: 'ok', text: `The Postgres database ${address.url} responds.` };
  return {
    level: 'problem',
    text: `Saved views and links in ${address.url} are not available. ${problem}`,
    advice: ['Check THROUGHLINE_POSTGRES and the Postgres server. Traces are not affected.'],
  };
}

async function checkSqlite(dataDir: string): Promise<Finding> {
  const { sqliteProblems } = await import('../../relational/check-database.ts');
  const problems = await sqliteProblems(dataDir);
  if (problems === undefined) return { level: 'ok', text: 'No views or links were saved yet.' };
  if (problems.length === 0)
    return { level: 'ok', text: 'The database of saved views and links is not damaged.' };
  return {
    level: 'problem',
    text: `The database of saved views and links is damaged: ${problems[0]}`,
    advice: [
      'With a backup of the data folder: stop the server, and copy the folder relational from the backup over the damaged one.',
      'Without a backup: stop the server and remove the folder relational. Saved views and links are then lost, traces are not affected.',
    ],
  };
}
