import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';

/** Copies a text on click and confirms it briefly. Pass a function if the text is expensive to create. */
export function CopyButton({
  text,
  label,
  children,
}: {
  text: string | (() => string);
  label: string;
  children?: React.ReactNode;
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1200);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      className="control-quiet"
      title={label}
      aria-label={copied ? 'Copied' : label}
      onClick={(event) => {
        event.stopPropagation();
        void copyText(typeof text === 'function' ? text() : text).then(() => setCopied(true));
      }}
    >
      <Icon size={13} aria-hidden />
      {children}
    </button>
  );
}

/** The clipboard API needs a secure context. Over plain HTTP from another machine, `execCommand` still works. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
