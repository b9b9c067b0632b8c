import { type ReactNode, useEffect, useRef } from 'react';

/** The browser's own modal dialog: it traps focus, closes on Escape and gives focus back. */
export function Modal({
  open,
  onClose,
  label,
  children,
}: {
  open: boolean;
  onClose: () => void;
  label: string;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (!open) return element?.close();
    element?.showModal();
    // React focuses before the dialog is open, when nothing in it can have the focus yet.
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog without our help; the click is on the backdrop.
    <dialog
      ref={dialog}
      aria-label={label}
      className="float mx-auto outline-none mt-[12vh] w-[min(36rem,calc(100vw-2rem))] p-0"
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      {open && children}
    </dialog>
  );
}
