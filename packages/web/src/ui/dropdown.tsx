import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';

interface DropdownProps {
  readonly label: string;
  readonly trigger: ReactNode;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly align?: 'start' | 'end';
  readonly triggerClass?: string;
  readonly children: ReactNode;
}

/** A button that opens a small floating panel. It is not modal: the rest of the page stays usable. */
export function Dropdown({
  label,
  trigger,
  open,
  onOpenChange,
  align = 'start',
  triggerClass = 'control',
  children,
}: DropdownProps) {
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Trigger className={triggerClass} aria-label={label}>
        {trigger}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="float p-1.5"
          aria-label={label}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
