import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react';

/** One key of a page: what the help lists is what the key does. */
export interface KeyBinding {
  /** `KeyboardEvent.key`, with `mod+` for ⌘ or Ctrl. The first is the one that help shows. */
  readonly keys: readonly string[];
  readonly label: string;
  readonly run: () => void;
  /** Arrows and the like, which a scrolling pane in focus keeps to itself. */
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

/** The keys of a part of the page, as long as it is there. Later parts win over earlier ones. */
export function useKeys(title: string, bindings: readonly KeyBinding[]): void {
  const registry = useKeyRegistry();
  const current = useRef<KeyGroup>({ title, bindings });
  useEffect(() => {
    current.current = { title, bindings };
  });
  useEffect(() => registry.add(() => current.current), [registry]);
}

/** Every key that works now, for the help. */
export function useKeyGroups(): () => readonly KeyGroup[] {
  return useKeyRegistry().groups;
}

function useKeyRegistry(): Registry {
  const registry = useContext(KeyContext);
  if (!registry) throw new Error('useKeys needs a KeyProvider above it');
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
  const inPane = target?.closest('[data-own-keys]') != null;
  for (const group of groups.toReversed()) {
    const found = group.bindings.find(
      (binding) => binding.keys.includes(pressed) && !(inPane && binding.yieldsToPanes),
    );
    if (found) return found;
  }
  return undefined;
}
