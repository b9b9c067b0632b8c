import { useSyncExternalStore } from 'react';

/** Whether the page is visible: false in a background tab. */
export function useVisible(): boolean {
  return useSyncExternalStore(subscribe, isVisible);
}

const isVisible = () => document.visibilityState === 'visible';

function subscribe(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
}
