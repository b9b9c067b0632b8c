import { Check, Minus } from 'lucide-react';
import type { MouseEvent } from 'react';

interface SelectBoxProps {
  readonly label: string;
  readonly checked: boolean | 'mixed';
  /** `extend` is true if the user holds Shift. */
  readonly onToggle: (extend: boolean) => void;
  /** Whether the Tab key stops here. Rows are selected with their own keys. */
  readonly tabbable?: boolean;
}

/** Width in px of the column with the boxes. */
export const BOX_WIDTH = 30;

/** A box that selects a row, or all rows. A click does not move the focus, so the keys of the list continue to work. */
export function SelectBox({ label, checked, onToggle, tabbable = false }: SelectBoxProps) {
  const Mark = checked === 'mixed' ? Minus : Check;
  return (
    // biome-ignore lint/a11y/useSemanticElements: an input would take the keys of the list while it has the focus.
    <button
      type="button"
      role="checkbox"
      aria-checked={checked}
      aria-label={label}
      tabIndex={tabbable ? 0 : -1}
      className="group/box relative z-[1] flex h-full w-full items-center justify-center"
      onMouseDown={(event) => event.preventDefault()}
      onClick={(event: MouseEvent) => {
        event.preventDefault();
        event.stopPropagation();
        onToggle(event.shiftKey);
      }}
    >
      <span
        className={`flex size-3.5 items-center justify-center rounded-sm border ${checked === false ? 'border-line-strong group-hover/box:border-accent' : 'border-accent bg-accent text-page'}`}
      >
        {checked !== false && <Mark size={11} strokeWidth={3} aria-hidden />}
      </span>
    </button>
  );
}
