import { useNavigate } from '@tanstack/react-router';
import { Play, Table2 } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import type { SqlTable } from '../../api/types.ts';
import { nameKey } from '../../frame/key-help.tsx';
import { useKeys } from '../../frame/keys.tsx';
import { PageBar } from '../../frame/page-bar.tsx';
import { TimeRangePicker } from '../../frame/time-range-picker.tsx';
import { useProject } from '../../frame/use-project.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { useSearchRecord } from '../../url/search-params.ts';
import { ResultTable } from './result-table.tsx';
import { SqlEditor } from './sql-editor.tsx';
import { placeOfError } from './sql-error.ts';
import { parseSqlView, printSqlView, type SqlView } from './url.ts';
import { useSql, useSqlTables } from './use-sql.ts';

/** SQL on the rows of a project. The statement and its range are in the address, so a link shows the same result. */
export function SqlPage() {
  const view = parseSqlView(useSearchRecord());
  const { project } = useProject();
  // A statement that arrives with a link replaces the one in the editor.
  return <Sql key={`${project} ${view.query}`} view={view} project={project} />;
}

function Sql({ view, project }: { view: SqlView; project: string | undefined }) {
  const navigate = useNavigate();
  const [text, setText] = useState(view.query);
  const [runs, setRuns] = useState(0);
  const [cursor, setCursor] = useState<{ readonly index: number }>();
  const tables = useSqlTables();
  const { data, error, isFetching } = useSql(view, project, runs);
  useTitle('SQL');
  const show = (change: Partial<SqlView>) =>
    void navigate({
      to: '/sql',
      search: printSqlView({ ...view, ...(project !== undefined && { project }), ...change }),
      resetScroll: false,
    });
  const run = () => {
    if (text.trim() === '') return;
    if (text === view.query) setRuns(runs + 1);
    else show({ query: text });
  };
  useKeys('SQL', [{ keys: ['mod+Enter'], label: 'Run the statement', run }]);
  return (
    <>
      <PageBar
        controls={
          <>
            <TimeRangePicker range={view.range} onChange={(range) => show({ range })} />
            <button
              type="button"
              className="control-primary"
              onClick={run}
              title={`Run  ${nameKey('mod+Enter')}`}
            >
              <Play size={13} aria-hidden /> Run
            </button>
          </>
        }
      >
        <h1 className="text-title font-semibold">SQL</h1>
        {isFetching && <span className="appear-late text-small text-ink-faint">running…</span>}
      </PageBar>
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        <Tables tables={tables} onPick={(name) => setText((before) => insert(before, name))} />
        <div className="flex min-w-0 flex-1 flex-col">
          <div className="px-3 pt-2">
            <SqlEditor value={text} tables={tables} onChange={setText} onRun={run} cursor={cursor} />
          </div>
          {error ? (
            <SqlError
              error={error}
              statement={view.query}
              onShow={(index) => {
                setText(view.query);
                setCursor({ index });
              }}
            />
          ) : (
            data && <ResultTable result={data} faint={isFetching} />
          )}
        </div>
      </div>
    </>
  );
}

function insert(text: string, name: string): string {
  return text === '' || /\s$/.test(text) ? `${text}${name} ` : `${text} ${name} `;
}

function SqlError({
  error,
  statement,
  onShow,
}: {
  error: Error;
  statement: string;
  onShow: (index: number) => void;
}) {
  const place = error instanceof ApiError ? placeOfError(error.detail, statement) : undefined;
  return (
    <ProblemView error={error}>
      {place && (
        <>
          <pre className="max-w-full overflow-x-auto rounded-control bg-sunken px-2 py-1 font-mono text-small">
            {place.text}
            {'\n'}
            <span className="text-error">{place.pointer}</span>
          </pre>
          <button type="button" className="link" onClick={() => onShow(place.index)}>
            Go to line {place.line}, column {place.column}
          </button>
        </>
      )}
    </ProblemView>
  );
}

/** The tables with their columns. A click inserts a name into the statement. */
function Tables({ tables, onPick }: { tables: readonly SqlTable[]; onPick: (name: string) => void }) {
  return (
    <nav
      aria-label="Tables"
      className="flex shrink-0 gap-1 overflow-auto border-b border-line px-2 py-2 lg:w-56 lg:flex-col lg:border-r lg:border-b-0"
    >
      {tables.map(({ name, columns }) => (
        <details key={name} className="min-w-0 shrink-0">
          <summary className="flex h-6 cursor-pointer items-center gap-1.5 rounded-control px-1.5 hover:bg-hover">
            <Table2 size={13} className="text-ink-faint" aria-hidden /> {name}
          </summary>
          <ul className="max-h-80 overflow-y-auto pl-4">
            {columns.map((column) => (
              <li key={column.name}>
                <button
                  type="button"
                  className="flex w-full items-baseline gap-2 rounded-control px-1 text-left text-small hover:bg-hover"
                  title={column.type}
                  onClick={() => onPick(column.name)}
                >
                  <span className="truncate font-mono">{column.name}</span>
                  <span className="ml-auto truncate text-tiny text-ink-faint">{shortType(column.type)}</span>
                </button>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </nav>
  );
}

function shortType(type: string): string {
  return type.replaceAll(/(?:LowCardinality|Nullable)\((.*)\)$/g, '$1').replace(/\(.*/, '');
}
