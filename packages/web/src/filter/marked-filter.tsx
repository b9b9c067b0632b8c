import type { FilterProblem } from '@throughline/spans';

/** The text of a filter with the faulty characters underlined. */
export function MarkedFilter({ text, problem }: { text: string; problem: FilterProblem | undefined }) {
  if (!problem) return <span>{text}</span>;
  const { position, length } = problem;
  // If something is missing, the underline is below the place where it belongs.
  const faulty = text.slice(position, position + Math.max(1, length)) || '\u00a0';
  return (
    <span>
      {text.slice(0, position)}
      <span className="underline decoration-error decoration-wavy underline-offset-2" data-faulty>
        {faulty}
      </span>
      {text.slice(position + faulty.length)}
    </span>
  );
}
