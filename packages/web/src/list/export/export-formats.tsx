import { EXPORT_FORMATS, type ExportFormat } from './download-export.ts';

/** The formats of an export as rows of a menu. */
export function ExportFormats({ onChoose }: { onChoose: (format: ExportFormat) => void }) {
  return (Object.keys(EXPORT_FORMATS) as ExportFormat[]).map((format) => (
    <button key={format} type="button" className="menu-row" onClick={() => onChoose(format)}>
      {EXPORT_FORMATS[format].label}
      <span className="ml-auto truncate text-small text-ink-faint">{EXPORT_FORMATS[format].describes}</span>
    </button>
  ));
}
