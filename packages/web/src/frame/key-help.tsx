import { Modal } from '../ui/modal.tsx';
import { useKeyGroups } from './keys.tsx';

const NAMES: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '⏎',
  Escape: 'Esc',
  ' ': 'Space',
};

/** The name of a key as the help shows it: `⌘K`, `Ctrl K`, `↑`, `Space`. */
export function nameKey(key: string): string {
  const mod = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl ';
  if (key.startsWith('shift+')) return `⇧${nameKey(key.slice('shift+'.length))}`;
  const bare = key.replace('mod+', '');
  return `${key.startsWith('mod+') ? mod : ''}${NAMES[bare] ?? (key.startsWith('mod+') ? bare.toUpperCase() : bare)}`;
}

/** Lists the keyboard shortcuts that work now, from the same records that handle them. */
export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Modal open={open} onClose={onClose} label="Keyboard shortcuts">
      <KeyList />
    </Modal>
  );
}

function KeyList() {
  const groups = useKeyGroups()();
  return (
    <div className="max-h-[70vh] overflow-y-auto p-4">
      <h2 className="mb-3 text-title font-semibold">Keyboard shortcuts</h2>
      {groups.toReversed().map((group) => (
        <section key={group.title} className="mb-4 last:mb-0">
          <h3 className="mb-1 text-small text-ink-faint">{group.title}</h3>
          <dl className="grid grid-cols-1 gap-x-6 sm:grid-cols-2">
            {group.bindings.map((binding) => (
              <div key={binding.label} className="flex h-7 items-center justify-between gap-3">
                <dt>{binding.label}</dt>
                <dd className="flex gap-1">
                  {binding.keys.slice(0, 2).map((key) => (
                    <kbd key={key} className="key">
                      {nameKey(key)}
                    </kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
