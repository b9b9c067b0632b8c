import { Check, ClipboardCopy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { copyText } from '../../../ui/copy-button.tsx';
import { Dropdown } from '../../../ui/dropdown.tsx';

export interface CopyChoice {
  readonly label: string;
  readonly text: () => string;
}

/** A menu that copies a trace or a span in different forms. Texts are created when they are copied. */
export function CopyMenu({ label, choices }: { label: string; choices: readonly CopyChoice[] }) {
  const [open, setOpen] = useState(false);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1200);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : ClipboardCopy;
  return (
    <Dropdown
      label={copied ? 'Copied' : label}
      open={open}
      onOpenChange={setOpen}
      align="end"
      triggerClass="control-quiet"
      trigger={
        <>
          <Icon size={13} aria-hidden /> <span className="text-small">as</span>
        </>
      }
    >
      <div className="w-40">
        {choices.map((choice) => (
          <button
            key={choice.label}
            type="button"
            className="menu-row"
            onClick={() => {
              setOpen(false);
              void copyText(choice.text()).then(() => setCopied(true));
            }}
          >
            {choice.label}
          </button>
        ))}
      </div>
    </Dropdown>
  );
}
