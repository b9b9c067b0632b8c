import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Tabs } from 'radix-ui';
import { useEffect } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { projectsQuery } from '../../api/queries.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { demoCommand, snippetsFor } from './snippets.ts';

const POLL_MS = 1500;

/** The page of a project without spans. It explains how to send the first trace, and opens the trace when it arrives. */
export function FirstRun({ project }: { project: string }) {
  useTitle('Send the first trace');
  const snippets = snippetsFor(location.origin, project);
  const others = useFirstTrace(project);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex max-w-3xl flex-col gap-5 px-4 py-10">
        <header>
          <h1 className="text-headline font-semibold">Send the first trace</h1>
          <p className="mt-1 text-read text-ink-soft">
            Send OpenTelemetry traces to this endpoint, or use the TypeScript SDK.
          </p>
        </header>
        <div className="flex flex-wrap items-center gap-x-6 gap-y-1">
          <Fact label="Endpoint" value={location.origin} />
          <Fact label="Project" value={project} />
        </div>
        <Tabs.Root defaultValue={snippets[0]?.name ?? ''}>
          <Tabs.List aria-label="Ways to send traces" className="flex gap-1 border-b border-line">
            {snippets.map(({ name }) => (
              <Tabs.Trigger
                key={name}
                value={name}
                className="-mb-px border-b-2 border-transparent px-2.5 py-1.5 text-ink-soft hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
              >
                {name}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          {snippets.map(({ name, note, code }) => (
            <Tabs.Content key={name} value={name} className="pt-3">
              <div className="mb-1.5 flex items-center justify-between gap-3 text-small text-ink-soft">
                <span>{note}</span>
                <CopyButton text={code} label={`Copy the ${name} snippet`}>
                  Copy
                </CopyButton>
              </div>
              <pre
                // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users must be able to scroll this element.
                tabIndex={0}
                className="overflow-x-auto rounded-control bg-sunken p-3 font-mono text-small"
              >
                {code}
              </pre>
            </Tabs.Content>
          ))}
        </Tabs.Root>
        <p role="status" className="flex items-center gap-2.5 border-t border-line pt-4">
          <span aria-hidden className="size-2 animate-pulse rounded-full bg-accent" />
          <span>
            Waiting for the first span of <b className="font-medium">{project}</b>… Its trace opens here as
            soon as it arrives.
          </span>
        </p>
        <p className="text-ink-soft">
          To see some traces first, run{' '}
          <code className="rounded-sm bg-sunken px-1 font-mono text-small wrap-anywhere">
            {demoCommand(location.origin)}
          </code>{' '}
          in a clone of the repository. It records an example application in the project demo.
          {others.length > 0 && (
            <>
              {' '}
              Projects with traces:{' '}
              {others.map((name, i) => (
                <span key={name}>
                  {i > 0 && ', '}
                  <Link to="/" search={{ project: name }} className="link underline">
                    {name}
                  </Link>
                </span>
              ))}
              .
            </>
          )}
        </p>
      </div>
    </div>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <span className="flex items-center gap-2">
      <span className="text-ink-faint">{label}</span>
      <code className="font-mono">{value}</code>
      <CopyButton text={value} label={`Copy the ${label.toLowerCase()}`} />
    </span>
  );
}

/** Polls until the project has a trace, then opens the newest one. Returns the names of the projects with spans. */
function useFirstTrace(project: string): readonly string[] {
  const navigate = useNavigate();
  const { data } = useQuery({ ...projectsQuery, refetchInterval: POLL_MS });
  const arrived = data?.projects.some(({ name }) => name === project) ?? false;
  const { data: first } = useQuery({
    queryKey: ['first-trace', project],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/traces', { params: { query: { project, limit: 1 } }, signal })).then(
        ({ traces }) => traces[0]?.traceId ?? null,
      ),
    enabled: arrived,
    refetchInterval: POLL_MS,
  });
  useEffect(() => {
    if (first) void navigate({ to: '/t/$traceId', params: { traceId: first }, search: { project } });
  }, [first, project, navigate]);
  return data?.projects.map(({ name }) => name) ?? [];
}
