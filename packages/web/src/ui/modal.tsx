import { type ReactNode, useEffect, useRef } from 'react';

/** The browser's own modal dialog: it traps the focus, closes on Escape and restores the focus. */
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
    // `autoFocus` does not work here: React applies it before the dialog is open.
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes the dialog on Escape; the click is on the backdrop.
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
