import { ChangesPanel } from './changes-panel.tsx';
import { ForecastPanel } from './forecast-panel.tsx';
import { HistogramPanel } from './histogram-panel.tsx';
import { NumbersPanel } from './numbers-panel.tsx';
import type { Panel } from './panel.ts';
import { ScoresPanel } from './scores-panel.tsx';
import { SeriesPanel } from './series-panel.tsx';
import { TablePanel } from './table-panel.tsx';
import { TopPanel } from './top-panel.tsx';

/** Columns on a wide window. On a narrow one, panels are below each other. */
const WIDTHS: Readonly<Record<Panel['width'], string>> = {
  12: 'lg:col-span-12',
  8: 'lg:col-span-8',
  6: 'lg:col-span-6',
  4: 'lg:col-span-4',
};

/** Draws a panel by its kind. */
export function PanelView({ panel }: { readonly panel: Panel }) {
  const className = WIDTHS[panel.width];
  switch (panel.chart) {
    case 'numbers':
      return <NumbersPanel {...panel} className={className} />;
    case 'bars':
    case 'lines':
      return <SeriesPanel {...panel} className={className} />;
    case 'table':
      return <TablePanel {...panel} className={className} />;
    case 'histogram':
      return <HistogramPanel {...panel} className={className} />;
    case 'top':
      return <TopPanel {...panel} className={className} />;
    case 'forecast':
      return <ForecastPanel title={panel.title} className={className} />;
    case 'changes':
      return <ChangesPanel title={panel.title} className={className} />;
    case 'scores':
      return <ScoresPanel title={panel.title} className={className} />;
  }
}
