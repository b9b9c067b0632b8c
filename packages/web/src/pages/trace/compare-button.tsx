import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { GitCompareArrows } from 'lucide-react';
import { useState } from 'react';
import { previousRunQuery } from '../../api/queries.ts';
import type { Trace } from '../../api/types.ts';

/** Compares a trace with the last one of the same name before it. */
export function CompareButton({ trace, project }: { trace: Trace; project: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [state, setState] = useState<'idle' | 'searching' | 'none' | 'failed'>('idle');
  const compare = async () => {
    setState('searching');
    try {
      const previous = await client.fetchQuery(previousRunQuery(trace.name, trace.startTime, project));
      if (previous === null) return setState('none');
      await navigate({
        to: '/compare/$a/$b',
        params: { a: previous, b: trace.traceId },
        search: { project },
      });
    } catch {
      setState('failed');
    }
  };
  return (
    <span className="flex items-center">
      <button
        type="button"
        className="control-quiet"
        title="Compare with the previous trace of the same name"
        disabled={state === 'searching'}
        onClick={() => void compare()}
      >
        <GitCompareArrows size={13} aria-hidden />
        <span className="text-small">Compare</span>
      </button>
      <span aria-live="polite" className="text-small text-ink-soft">
        {NOTES[state]}
      </span>
    </span>
  );
}

const NOTES = {
  idle: '',
  searching: '',
  none: 'No earlier trace has this name.',
  failed: 'The earlier traces could not be read.',
} as const;
