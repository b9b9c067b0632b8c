import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Share2 } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { answerOf, api } from '../../api/client.ts';
import { shareLinksQuery } from '../../api/queries.ts';
import type { ShareLink } from '../../api/types.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dropdown } from '../../ui/dropdown.tsx';

interface ShareMenuProps {
  readonly traceId: string;
  readonly project: string;
}

/** Creates, lists and deletes the public links to a trace. */
export function ShareMenu(props: ShareMenuProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dropdown
      label="Share this trace"
      open={open}
      onOpenChange={setOpen}
      align="end"
      trigger={
        <>
          <Share2 size={13} aria-hidden /> Share
        </>
      }
    >
      <SharePanel {...props} />
    </Dropdown>
  );
}

/** Hours for which a link works; 0 means that it does not expire. */
const EXPIRIES = [
  { hours: 24, label: '1 day' },
  { hours: 7 * 24, label: '7 days' },
  { hours: 30 * 24, label: '30 days' },
  { hours: 0, label: 'no end' },
] as const;

function SharePanel({ traceId, project }: ShareMenuProps) {
  const client = useQueryClient();
  const query = shareLinksQuery(traceId, project);
  const { data, error } = useQuery(query);
  const [hours, setHours] = useState<number>(EXPIRIES[1].hours);
  const onSuccess = () => client.invalidateQueries({ queryKey: query.queryKey });
  const create = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/v1/share-links', {
          params: { query: { project } },
          body: { traceId, expiresInHours: hours === 0 ? null : hours },
        }),
      ),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (linkId: string) =>
      answerOf(
        api.DELETE('/api/v1/share-links/{linkId}', {
          params: { path: { linkId }, query: { project } },
        }),
      ),
    onSuccess: (_, linkId) => {
      if (create.data?.id === linkId) create.reset();
      return onSuccess();
    },
  });
  const failure = create.error ?? remove.error ?? error;
  const url = create.data && `${location.origin}${create.data.path}`;
  return (
    <div className="flex w-80 flex-col gap-2 p-1.5">
      {data?.enabled === false && (
        <p className="text-ink-soft">
          Public links are turned off. Start the server with <code>--share-links</code> to create links that
          open one trace without a key.
        </p>
      )}
      {data?.enabled && (
        <>
          <p className="text-ink-soft">
            Everyone who has the link can read this trace with its prompts and answers, and nothing else.
          </p>
          <form
            className="flex items-center gap-1.5"
            onSubmit={(event) => {
              event.preventDefault();
              create.mutate();
            }}
          >
            <label className="flex items-center gap-1.5 text-ink-soft">
              Works for
              <select
                className="field px-1"
                value={hours}
                onChange={(event) => setHours(Number(event.target.value))}
              >
                {EXPIRIES.map(({ hours: value, label }) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            </label>
            <button type="submit" className="control-primary ml-auto" disabled={create.isPending}>
              Create link
            </button>
          </form>
        </>
      )}
      {url && (
        <div className="flex flex-col gap-1">
          <div className="flex items-center gap-1.5">
            <input
              aria-label="The new link"
              readOnly
              className="field min-w-0 flex-1 font-mono text-small"
              value={url}
              onFocus={(event) => event.target.select()}
            />
            <CopyButton text={url} label="Copy the new link">
              Copy
            </CopyButton>
          </div>
          <p className="text-small text-ink-soft">Copy it now: it cannot be shown again.</p>
        </div>
      )}
      {data && data.links.length > 0 && (
        <ul aria-label="Public links" className="max-h-60 overflow-y-auto border-t border-line pt-1">
          {data.links.map((link) => (
            <li key={link.id} className="flex items-center gap-2 py-0.5 text-small text-ink-soft">
              <LinkTimes link={link} />
              <button
                type="button"
                className="control-quiet ml-auto"
                disabled={remove.isPending}
                onClick={() => remove.mutate(link.id)}
              >
                Delete
              </button>
            </li>
          ))}
        </ul>
      )}
      {failure && (
        <p role="alert" className="text-small text-error">
          {failure.message}.{failure instanceof ApiError && ` ${failure.detail}`}
        </p>
      )}
    </div>
  );
}

function LinkTimes({ link: { createdAt, expiresAt } }: { link: ShareLink }) {
  const show = (time: string) => {
    const at = parseTimestamp(time);
    return at && <time dateTime={time}>{formatInstant(at.epochMs, Date.now())}</time>;
  };
  return (
    <span>
      Created {show(createdAt)}, {expiresAt === null ? 'no end' : <>until {show(expiresAt)}</>}
    </span>
  );
}
