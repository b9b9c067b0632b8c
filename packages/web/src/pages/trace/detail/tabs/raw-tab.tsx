import { useMemo } from 'react';
import { API_BASE } from '../../../../api/client.ts';
import type { SpanDetail } from '../../../../api/types.ts';
import { FoldedText } from '../../../../content/folded-text.tsx';
import { toJson } from '../../../../content/to-json.ts';
import { CopyButton } from '../../../../ui/copy-button.tsx';

/** The unchanged response of the API. */
export function RawTab({ span, project }: { span: SpanDetail; project: string | undefined }) {
  const text = useMemo(() => toJson(span, 2), [span]);
  const url = `${API_BASE}/api/v1/traces/${encodeURIComponent(span.traceId)}/spans/${encodeURIComponent(span.spanId)}${project ? `?${new URLSearchParams({ project })}` : ''}`;
  return (
    <>
      <div className="mb-2 flex gap-1">
        <CopyButton text={text} label="Copy the JSON">
          JSON
        </CopyButton>
        <CopyButton
          text={`curl '${url.replaceAll("'", '%27')}'`}
          label="Copy a curl command that reads this span"
        >
          curl
        </CopyButton>
      </div>
      <FoldedText text={text} mono />
    </>
  );
}
