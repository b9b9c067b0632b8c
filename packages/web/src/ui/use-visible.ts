import { useSyncExternalStore } from 'react';

/** Whether the reader can see the page: false in a tab behind others. */
export function useVisible(): boolean {
  return useSyncExternalStore(subscribe, isVisible);
}

const isVisible = () => document.visibilityState === 'visible';

function subscribe(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
}
