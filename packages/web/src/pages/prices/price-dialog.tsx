import { type FormEvent, type ReactNode, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { Modal } from '../../ui/modal.tsx';
import { PRICE_FIELDS, type PriceForm, requestOf } from './price-form.ts';
import type { Prices } from './use-prices.ts';

interface PriceDialogProps {
  readonly editing: { readonly id: string | undefined; readonly form: PriceForm } | undefined;
  readonly prices: Prices;
  readonly onClose: () => void;
}

/** The form of a price. Closed if nothing is edited. */
export function PriceDialog({ editing, prices, onClose }: PriceDialogProps) {
  const label = editing?.id === undefined ? 'Set a price' : 'Change a price';
  return (
    <Modal open={editing !== undefined} onClose={onClose} label={label}>
      {editing && (
        <Form label={label} id={editing.id} initial={editing.form} prices={prices} onClose={onClose} />
      )}
    </Modal>
  );
}

interface FormProps {
  readonly label: string;
  readonly id: string | undefined;
  readonly initial: PriceForm;
  readonly prices: Prices;
  readonly onClose: () => void;
}

function Form({ label, id, initial, prices, onClose }: FormProps) {
  const [form, setForm] = useState(initial);
  const [problem, setProblem] = useState<string>();
  const { save, remove } = prices;
  const busy = save.isPending || remove.isPending;
  const failure = save.error ?? remove.error;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const price = requestOf(form);
    const isWrong = 'problem' in price;
    setProblem(isWrong ? price.problem : undefined);
    // The form shows the reason of a failure.
    if (!isWrong) save.mutate({ id, price }, { onSuccess: onClose });
  };
  const text = (name: 'model' | 'provider' | 'from' | 'to' | 'perRequest' | 'serviceTiers') => ({
    value: form[name],
    onChange: (value: string) => setForm({ ...form, [name]: value }),
  });
  return (
    <form onSubmit={submit} className="flex max-h-[80vh] flex-col gap-3 overflow-y-auto p-4">
      <h2 className="text-title font-semibold">{label}</h2>
      <div className="grid grid-cols-1 gap-2 sm:grid-cols-2">
        <Field label="Model; * stands for any characters" {...text('model')} focus={initial.model === ''} />
        <Field label="Provider (optional)" placeholder="any" {...text('provider')} />
      </div>
      <fieldset>
        <legend className="mb-1 text-small text-ink-soft">
          US dollars per million tokens. An empty class is charged as input or output.
        </legend>
        <div className="grid grid-cols-2 gap-2 sm:grid-cols-4">
          {PRICE_FIELDS.map(({ name, label: of }) => (
            <Field
              key={name}
              label={of}
              isNumber
              value={form.prices[name]}
              focus={name === 'input' && initial.model !== ''}
              onChange={(value) => setForm({ ...form, prices: { ...form.prices, [name]: value } })}
            />
          ))}
        </div>
      </fieldset>
      <details
        open={initial.from + initial.to + initial.perRequest + initial.serviceTiers + initial.tiers !== ''}
      >
        <summary className="cursor-pointer text-small text-ink-soft">
          Dates, service tiers, long prompts, price per request
        </summary>
        <div className="mt-2 grid grid-cols-1 gap-2 sm:grid-cols-2">
          <Field label="From (calls that start then or later)" placeholder="2026-12-01" {...text('from')} />
          <Field label="To (calls that start before)" placeholder="2027-01-01" {...text('to')} />
          <Field
            label="Factors of service tiers"
            placeholder="batch=0.5, flex=0.5"
            {...text('serviceTiers')}
          />
          <Field label="US dollars per request" isNumber {...text('perRequest')} />
          <label className="flex flex-col gap-1 text-small text-ink-soft sm:col-span-2">
            Prices of long prompts, one line for each number of tokens
            <textarea
              className="field h-auto min-h-14 py-1 font-mono text-small"
              placeholder="200000: input=6, output=22.5"
              value={form.tiers}
              onChange={(event) => setForm({ ...form, tiers: event.target.value })}
            />
          </label>
        </div>
      </details>
      {(problem ?? failure) && (
        <p role="alert" className="text-small text-error wrap-anywhere">
          {problem ?? (failure instanceof ApiError ? failure.detail : failure?.message)}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <button type="submit" className="control-primary" disabled={busy}>
          Save price
        </button>
        <button type="button" className="control" onClick={onClose}>
          Cancel
        </button>
        {id !== undefined && (
          <button
            type="button"
            className="control ml-auto text-error"
            disabled={busy}
            onClick={() => remove.mutate(id, { onSuccess: onClose })}
          >
            Delete price
          </button>
        )}
      </div>
      <p className="text-small text-ink-faint">
        It applies to calls that arrive from now on. Costs of earlier calls stay until they are repriced.
      </p>
    </form>
  );
}

interface FieldProps {
  readonly label: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly isNumber?: boolean;
  /** Takes the focus when the dialog opens. */
  readonly focus?: boolean;
}

function Field({ label, value, onChange, placeholder, isNumber = false, focus = false }: FieldProps) {
  return (
    <label className="flex min-w-0 flex-col gap-1 text-small text-ink-soft">
      {label}
      <input
        type="text"
        className={`field min-w-0 text-body ${isNumber ? 'text-right' : ''}`}
        inputMode={isNumber ? 'decimal' : 'text'}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        {...(focus && { 'data-autofocus': true })}
      />
    </label>
  );
}
