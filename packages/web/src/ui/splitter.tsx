import { type CSSProperties, type PointerEvent as ReactPointerEvent, useRef } from 'react';

interface SplitterProps {
  readonly label: string;
  /** Size in px of the pane that the splitter resizes. */
  readonly size: number;
  readonly least: number;
  readonly most: number;
  readonly onResize: (size: number) => void;
  /** `vertical` separates panes that are side by side. */
  readonly orientation?: 'vertical' | 'horizontal';
  /** The resized pane comes after the splitter. */
  readonly reversed?: boolean;
  readonly className?: string;
  readonly style?: CSSProperties;
}

/** The line between two panes. It is moved by dragging, or with the arrow keys while it has the focus. */
export function Splitter({
  label,
  size,
  least,
  most,
  onResize,
  orientation = 'vertical',
  reversed = false,
  className = '',
  style,
}: SplitterProps) {
  const dragged = useRef<{ from: number; size: number } | null>(null);
  const sign = reversed ? -1 : 1;
  const at = (event: ReactPointerEvent) => (orientation === 'vertical' ? event.clientX : event.clientY);
  const clamp = (value: number) => Math.round(Math.max(least, Math.min(most, value)));
  const shape =
    orientation === 'vertical'
      ? 'w-px cursor-col-resize before:inset-y-0 before:-left-1 before:w-2.25'
      : 'h-px cursor-row-resize before:inset-x-0 before:-top-1 before:h-2.25';
  return (
    // biome-ignore lint/a11y/useSemanticElements: HTML has no element for a movable separator.
    <div
      role="separator"
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={Math.round(size)}
      aria-valuemin={Math.round(least)}
      aria-valuemax={Math.round(most)}
      tabIndex={0}
      className={`relative z-20 shrink-0 touch-none bg-line before:absolute before:content-[''] hover:bg-accent focus-visible:bg-accent ${shape} ${className}`}
      {...(style && { style })}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        dragged.current = { from: at(event), size };
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerMove={(event) => {
        const start = dragged.current;
        if (start) onResize(clamp(start.size + sign * (at(event) - start.from)));
      }}
      onPointerUp={() => {
        dragged.current = null;
      }}
      onKeyDown={(event) => {
        const forward = event.key === 'ArrowRight' || event.key === 'ArrowDown';
        if (!forward && event.key !== 'ArrowLeft' && event.key !== 'ArrowUp') return;
        event.preventDefault();
        onResize(clamp(size + sign * (forward ? 24 : -24)));
      }}
    />
  );
}
