import { ABSENT, type Shown } from '../format/numbers.ts';

/** A number with its unit in a lighter colour, and all its digits on hover. */
export function Value({ shown, className = '' }: { shown: Shown; className?: string }) {
  if (shown.text === ABSENT)
    return (
      <span {...(shown.exact !== '' && { title: shown.exact })} className={`text-ink-faint ${className}`}>
        {ABSENT}
      </span>
    );
  return (
    <span title={shown.exact} className={`whitespace-nowrap ${className}`}>
      {shown.text.split(/(\s?[a-zµ%]+)/).map((piece, i) =>
        i % 2 === 0 ? (
          piece
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change their order.
          <span key={i} className="text-ink-faint">
            {piece}
          </span>
        ),
      )}
    </span>
  );
}
