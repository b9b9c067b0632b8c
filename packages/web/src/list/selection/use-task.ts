import { useEffect, useRef, useState } from 'react';

export type TaskState =
  | { readonly type: 'idle' }
  | { readonly type: 'running'; readonly text: string }
  | { readonly type: 'done'; readonly text: string }
  | { readonly type: 'failed'; readonly text: string };

export interface TaskTools {
  readonly signal: AbortSignal;
  readonly show: (text: string) => void;
}

/** One long task at a time, which shows its progress and can be cancelled. It is cancelled when the page leaves. */
export function useTask() {
  const [state, setState] = useState<TaskState>({ type: 'idle' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  /** Runs a task that returns what it did. Resolves to false if it failed or was cancelled. */
  const run = async (first: string, task: (tools: TaskTools) => Promise<string>): Promise<boolean> => {
    const controller = new AbortController();
    running.current?.abort();
    running.current = controller;
    const show = (text: string) => setState({ type: 'running', text });
    show(first);
    try {
      const text = await task({ signal: controller.signal, show });
      setState({ type: 'done', text });
      return true;
    } catch (error) {
      setState(
        controller.signal.aborted
          ? { type: 'done', text: 'Cancelled. What was done before stays.' }
          : { type: 'failed', text: error instanceof Error ? messageOf(error) : String(error) },
      );
      return false;
    }
  };
  return { state, run, cancel: () => running.current?.abort(), dismiss: () => setState({ type: 'idle' }) };
}

function messageOf(error: Error): string {
  const detail = 'detail' in error && typeof error.detail === 'string' ? error.detail : '';
  return detail === '' ? error.message : `${error.message}: ${detail}`;
}
