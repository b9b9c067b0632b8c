import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react';

/** One keyboard shortcut: the keys, the label in the help, and the action. */
export interface KeyBinding {
  /**
   * Values of `KeyboardEvent.key`, with the prefix `mod+` for ⌘ or Ctrl, or `shift+` for a key that is no character. The help
   * shows the first two.
   */
  readonly keys: readonly string[];
  readonly label: string;
  readonly run: () => void;
  /** Leaves the key to a scrolling pane that has the focus. For arrow keys, Page Up and similar. */
  readonly yieldsToPanes?: boolean;
}

export interface KeyGroup {
  readonly title: string;
  readonly bindings: readonly KeyBinding[];
}

interface Registry {
  readonly add: (group: () => KeyGroup) => () => void;
  readonly groups: () => readonly KeyGroup[];
}

const KeyContext = createContext<Registry | null>(null);

export function KeyProvider({ children }: { children: ReactNode }) {
  const sources = useRef<(() => KeyGroup)[]>([]);
  const registry = useMemo<Registry>(
    () => ({
      add(group) {
        sources.current.push(group);
        return () => {
          sources.current = sources.current.filter((other) => other !== group);
        };
      },
      groups: () => sources.current.map((group) => group()),
    }),
    [],
  );
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const binding = findBinding(registry.groups(), event);
      if (!binding) return;
      event.preventDefault();
      binding.run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [registry]);
  return <KeyContext value={registry}>{children}</KeyContext>;
}

/** Registers shortcuts while the calling component is mounted. Groups registered later take precedence. */
export function useKeys(title: string, bindings: readonly KeyBinding[]): void {
  const registry = useKeyRegistry();
  const current = useRef<KeyGroup>({ title, bindings });
  useEffect(() => {
    current.current = { title, bindings };
  });
  useEffect(() => registry.add(() => current.current), [registry]);
}

/** Returns a function that lists every shortcut that works now. */
export function useKeyGroups(): () => readonly KeyGroup[] {
  return useKeyRegistry().groups;
}

function useKeyRegistry(): Registry {
  const registry = useContext(KeyContext);
  if (!registry) throw new Error('useKeys must be used inside a KeyProvider');
  return registry;
}

function findBinding(groups: readonly KeyGroup[], event: KeyboardEvent): KeyBinding | undefined {
  if (event.defaultPrevented || event.isComposing || event.altKey) return undefined;
  const mod = event.metaKey || event.ctrlKey;
  const pressed = `${mod ? 'mod+' : ''}${event.key.length === 1 && mod ? event.key.toLowerCase() : event.key}`;
  const target = event.target instanceof Element ? event.target : null;
  if (!mod && target?.closest('input, textarea, select, [contenteditable], dialog, [role="menu"]'))
    return undefined;
  const onControl = target?.closest('button, a, summary, [role="tab"], [role="separator"]');
  if (onControl && (event.key === 'Enter' || event.key === ' ' || event.key.startsWith('Arrow')))
    return undefined;
  const withShift = event.shiftKey && event.key.length > 1 ? `shift+${event.key}` : undefined;
  const inPane = target?.closest('[data-own-keys]') != null;
  for (const key of withShift === undefined ? [pressed] : [withShift, pressed])
    for (const group of groups.toReversed()) {
      const found = group.bindings.find(
        (binding) => binding.keys.includes(key) && !(inPane && binding.yieldsToPanes),
      );
      if (found) return found;
    }
  return undefined;
}
