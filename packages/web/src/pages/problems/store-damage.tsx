import { TriangleAlert } from 'lucide-react';
import type { StoreDamage } from '../../api/types.ts';
import { countOf, showCount } from '../../format/numbers.ts';
import { Value } from '../../ui/value.tsx';

/** The damaged parts of the store, whose rows cannot be read. They can contain data of every project. */
export function StoreDamageSection({ parts }: { parts: StoreDamage['parts'] }) {
  if (parts.length === 0) return null;
  return (
    <section aria-labelledby="store-damage" className="border-b border-line px-3 py-3">
      <h2 id="store-damage" className="flex items-center gap-2 font-semibold text-error">
        <TriangleAlert size={14} aria-hidden /> {countOf(parts.length, 'part')} of the store{' '}
        {parts.length === 1 ? 'is' : 'are'} damaged
      </h2>
      <p className="mt-1 max-w-4xl text-ink-soft">
        Traces of these days may lack spans, in every project. Run <code>throughline doctor</code> on the
        machine of the server. It reports what is missing and how to restore it.
      </p>
      <table className="mt-2 w-full max-w-4xl border-collapse text-left">
        <caption className="sr-only">Damaged parts of the store</caption>
        <thead className="text-small text-ink-faint">
          <tr>
            <th className="pr-2 font-normal">Table</th>
            <th className="px-2 font-normal">Partition</th>
            <th className="px-2 text-right font-normal">Rows</th>
            <th className="px-2 font-normal">State</th>
            <th className="hidden px-2 font-normal md:table-cell">Reason</th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ table, part, partition, rows, state, reason }) => (
            <tr key={`${table}/${part}`} className="border-t border-line/60">
              <th scope="row" className="py-1 pr-2 font-normal">
                {table}
              </th>
              <td className="px-2 whitespace-nowrap">{partition}</td>
              <td className="px-2 text-right">
                {rows === null ? 'unknown' : <Value shown={showCount(rows)} />}
              </td>
              <td className="px-2">
                {state === 'detached' ? 'detached, its rows are missing' : 'cannot be read'}
              </td>
              <td className="hidden px-2 wrap-anywhere text-ink-soft md:table-cell">{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
