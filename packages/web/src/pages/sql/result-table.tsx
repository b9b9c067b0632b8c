import type { SqlResult } from '../../api/types.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { cellText, isNumeric, resultToCsv, resultToJson } from './result-text.ts';

const MAX_CELL = 300;

/** The rows of a statement. Numbers are right-aligned; long texts are cut and shown in full on hover. */
export function ResultTable({ result, faint }: { result: SqlResult; faint: boolean }) {
  const { columns, rows, truncated } = result;
  return (
    <section aria-label="Result" className={`flex min-h-0 flex-1 flex-col ${faint ? 'opacity-50' : ''}`}>
      <div className="flex items-center gap-2 px-3 py-1 text-small text-ink-faint">
        <span role="status">
          {truncated ? `The first ${rows.length.toLocaleString('en-US')} rows` : rowCount(rows.length)}
        </span>
        <span className="ml-auto" />
        <CopyButton label="Copy as CSV" text={() => resultToCsv(result)}>
          CSV
        </CopyButton>
        <CopyButton label="Copy as JSON" text={() => resultToJson(result)}>
          JSON
        </CopyButton>
      </div>
      <section
        className="min-h-0 flex-1 overflow-auto border-t border-line"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
        tabIndex={0}
        aria-label="Rows"
      >
        <table className="min-w-full border-separate border-spacing-0 text-body">
          <thead>
            <tr>
              {columns.map(({ name, type }) => (
                <th
                  key={name}
                  scope="col"
                  title={type}
                  className={`sticky top-0 border-b border-line bg-page px-3 py-1 font-medium whitespace-nowrap ${isNumeric(type) ? 'text-right' : 'text-left'}`}
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity and are never reordered
              <tr key={index} className="hover:bg-hover">
                {columns.map(({ name, type }, column) => (
                  <Cell key={name} value={row[column]} numeric={isNumeric(type)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function Cell({ value, numeric }: { value: unknown; numeric: boolean }) {
  const text = cellText(value);
  const shown = text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text;
  return (
    <td
      className={`max-w-xl truncate border-b border-line/60 px-3 py-1 ${numeric ? 'text-right tabular-nums' : ''}`}
      title={text === shown && text.length < 40 ? undefined : text}
    >
      {value === null || value === undefined ? <span className="text-ink-faint">–</span> : shown}
    </td>
  );
}

function rowCount(count: number): string {
  return count === 1 ? '1 row' : `${count.toLocaleString('en-US')} rows`;
}
