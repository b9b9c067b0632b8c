import { useRef } from 'react';
import { useSize } from '../ui/use-size.ts';
import { timeTicks } from './time-ticks.ts';

/** Width of one label in pixels. */
const LABEL_WIDTH = 72;

/** Labels below a chart at round local times. */
export function TimeAxis({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) {
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const ticks = toMs > fromMs ? timeTicks(fromMs, toMs, Math.max(1, Math.floor(width / LABEL_WIDTH))) : [];
  return (
    <div ref={box} aria-hidden className="relative h-4 overflow-hidden text-tiny text-ink-faint tabular-nums">
      {ticks.map(({ ms, label }) => (
        <span
          key={ms}
          className="absolute border-l border-line-strong pl-1 leading-4 whitespace-nowrap"
          style={{ left: `${((ms - fromMs) / (toMs - fromMs)) * 100}%` }}
        >
          {label}
        </span>
      ))}
    </div>
  );
}
