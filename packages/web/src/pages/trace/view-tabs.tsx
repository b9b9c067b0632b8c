import { ChartGantt, Flame, type LucideIcon, MessagesSquare, Repeat } from 'lucide-react';
import { TRACE_VIEWS, type TraceAs } from './url.ts';

const VIEWS: Readonly<
  Record<TraceAs, { readonly label: string; readonly icon: LucideIcon; readonly title: string }>
> = {
  waterfall: { label: 'Waterfall', icon: ChartGantt, title: 'All spans as a tree on a time line' },
  flame: { label: 'Flame graph', icon: Flame, title: 'All spans as nested bars' },
  runs: {
    label: 'Agent runs',
    icon: Repeat,
    title: 'The iterations of agents with their tokens, cost and time',
  },
  conversation: {
    label: 'Conversation',
    icon: MessagesSquare,
    title: 'What the user, the models and the tools said',
  },
};

interface ViewTabsProps {
  readonly shown: TraceAs;
  readonly onShow: (as: TraceAs) => void;
  /** Views that this trace does not have. */
  readonly without: ReadonlySet<TraceAs>;
}

/** Switches between the ways to look at a trace. */
export function ViewTabs({ shown, onShow, without }: ViewTabsProps) {
  return (
    <fieldset className="tab-strip flex shrink-0 gap-0.5 overflow-x-auto border-b border-line px-2 [scrollbar-width:none]">
      <legend className="sr-only">View of the trace</legend>
      {TRACE_VIEWS.filter((as) => !without.has(as)).map((as) => {
        const { label, icon: Icon, title } = VIEWS[as];
        return (
          <button
            key={as}
            type="button"
            aria-pressed={as === shown}
            title={title}
            className="-mb-px inline-flex h-7 shrink-0 items-center gap-1.5 border-b-2 border-transparent px-1.5 text-small text-ink-soft hover:text-ink aria-pressed:border-accent aria-pressed:text-ink"
            onClick={() => onShow(as)}
          >
            <Icon size={13} aria-hidden /> {label}
          </button>
        );
      })}
    </fieldset>
  );
}
