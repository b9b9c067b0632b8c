import { ListFilterPlus } from 'lucide-react';
import { useState } from 'react';
import { useKeys } from '../../frame/keys.tsx';
import { Dropdown } from '../../ui/dropdown.tsx';
import type { TimeRange } from '../../url/time-range.ts';
import { withCondition } from '../conditions.ts';
import { ConditionBuilder } from './condition-builder.tsx';

interface BuilderButtonProps {
  readonly of: 'trace' | 'span';
  readonly project: string;
  readonly range: TimeRange;
  /** The filter of the page. */
  readonly filter: string;
  readonly onApply: (filter: string) => void;
}

/** Adds a condition to the filter without knowing its language. */
export function BuilderButton({ of, project, range, filter, onApply }: BuilderButtonProps) {
  const [open, setOpen] = useState(false);
  useKeys('Conditions', [{ keys: ['+'], label: 'Add a condition', run: () => setOpen(true) }]);
  return (
    <Dropdown
      label="Add a condition"
      open={open}
      onOpenChange={setOpen}
      triggerClass="control ml-1.5"
      align="end"
      trigger={<ListFilterPlus size={13} aria-hidden />}
    >
      <ConditionBuilder
        of={of}
        project={project}
        range={range}
        filter={filter}
        onAdd={(condition) => {
          setOpen(false);
          onApply(withCondition(filter, condition));
        }}
      />
    </Dropdown>
  );
}
