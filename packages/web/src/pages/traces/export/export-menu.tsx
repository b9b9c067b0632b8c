import { Download, X } from 'lucide-react';
import { useRef, useState } from 'react';
import {
  describeProgress,
  downloadExport,
  type ExportFormat,
  type ExportProgress,
  saveFile,
} from '../../../list/export/download-export.ts';
import { ExportFormats } from '../../../list/export/export-formats.tsx';
import type { ListParts } from '../../../list/list-screen.tsx';
import { rangeQuery } from '../../../list/use-rows.ts';
import { Dropdown } from '../../../ui/dropdown.tsx';

/** Exports the traces of the list, in all its pages, to a file. Shows the progress and can be cancelled. */
export function ExportMenu({ view: { range, q }, project }: ListParts) {
  const [open, setOpen] = useState(false);
  const [progress, setProgress] = useState<ExportProgress>();
  const [failure, setFailure] = useState<string>();
  const running = useRef<AbortController>(undefined);

  const start = async (format: ExportFormat) => {
    setOpen(false);
    setFailure(undefined);
    setProgress({ spans: 0, received: undefined, bytes: 0 });
    const controller = new AbortController();
    running.current = controller;
    try {
      const selection = { ...rangeQuery(range), ...(q !== '' && { q }) };
      const { file, name } = await downloadExport(format, project, selection, controller.signal, setProgress);
      saveFile(file, name);
    } catch (error) {
      if (!controller.signal.aborted) setFailure(error instanceof Error ? error.message : String(error));
    } finally {
      setProgress(undefined);
    }
  };

  if (progress)
    return (
      <button
        type="button"
        className="control"
        onClick={() => running.current?.abort()}
        title="Cancel the export"
      >
        <span role="status">{describeProgress(progress)}</span> <X size={13} aria-hidden />
        <span className="sr-only">Cancel the export</span>
      </button>
    );
  return (
    <>
      {failure && (
        <span role="alert" className="max-w-60 truncate text-small text-error" title={failure}>
          Export failed: {failure}
        </span>
      )}
      <Dropdown
        label="Export"
        open={open}
        onOpenChange={setOpen}
        align="end"
        trigger={<Download size={13} aria-hidden />}
      >
        <div className="w-72">
          <p className="px-2 py-1 text-small text-ink-faint">All traces of this list, with their spans</p>
          <ExportFormats onChoose={(format) => void start(format)} />
        </div>
      </Dropdown>
    </>
  );
}
