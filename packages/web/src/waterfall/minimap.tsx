import { type PointerEvent as ReactPointerEvent, useLayoutEffect, useRef, useState } from 'react';
import { useSize } from '../ui/use-size.ts';
import { prepareCanvas } from './canvas.ts';
import { drawMinimap } from './draw.ts';
import type { TraceLayout } from './layout.ts';
import { within } from './time-scale.ts';
import { usePalette } from './use-palette.ts';
import type { TimeWindow } from './waterfall.tsx';

interface MinimapProps {
  readonly layout: TraceLayout;
  readonly time: TimeWindow;
  readonly onTime: (time: TimeWindow) => void;
}

/** The whole trace as a strip. Dragging selects the time that the timeline shows; a double click shows all. */
export function Minimap({ layout, time, onTime }: MinimapProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [from, setFrom] = useState<number | null>(null);
  const { width, height } = useSize(box);
  const palette = usePalette();
  const { totalMs } = layout;
  useLayoutEffect(() => {
    const pen = prepareCanvas(canvas.current, width, height);
    if (pen) drawMinimap(pen, layout, palette, width, height);
  }, [layout, palette, width, height]);

  const timeAt = (event: ReactPointerEvent) => {
    const { left } = (box.current as HTMLDivElement).getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - left) / width)) * totalMs;
  };
  const percent = (ms: number) => `${(ms / totalMs) * 100}%`;
  const isWhole = time.fromMs <= 0 && time.toMs >= totalMs;
  return (
    <div
      ref={box}
      aria-hidden
      className="relative h-9 shrink-0 cursor-crosshair touch-none overflow-hidden border-b border-line select-none"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setFrom(timeAt(event));
      }}
      onPointerMove={(event) => {
        if (from === null) return;
        const at = timeAt(event);
        if (Math.abs(at - from) < totalMs * 0.005) return;
        onTime({ fromMs: Math.min(from, at), toMs: Math.max(from, at) });
      }}
      onPointerUp={(event) => {
        const at = timeAt(event);
        // A click without dragging centres the selected time there.
        if (from !== null && Math.abs(at - from) < totalMs * 0.005 && !isWhole) {
          const half = (time.toMs - time.fromMs) / 2;
          onTime(within({ fromMs: at - half, toMs: at + half }, totalMs));
        }
        setFrom(null);
      }}
      onDoubleClick={() => onTime({ fromMs: 0, toMs: totalMs })}
    >
      <canvas ref={canvas} className="absolute inset-0 h-full w-full" />
      {!isWhole && (
        <>
          <div className="absolute inset-y-0 left-0 bg-page/70" style={{ width: percent(time.fromMs) }} />
          <div className="absolute inset-y-0 right-0 bg-page/70" style={{ left: percent(time.toMs) }} />
          <div
            className="absolute inset-y-0 min-w-0.5 border-x border-accent bg-accent/10"
            style={{ left: percent(time.fromMs), width: percent(time.toMs - time.fromMs) }}
          />
        </>
      )}
    </div>
  );
}
