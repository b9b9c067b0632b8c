/** A line for an address that names a view which does not exist. */
export function MissingView({ onClose }: { readonly onClose: () => void }) {
  return (
    <p role="status" className="flex items-center gap-2 border-b border-line bg-sunken px-3 py-1 text-small">
      The saved view of this link does not exist in this project. Somebody may have deleted it.
      <button type="button" className="link" onClick={onClose}>
        Show all
      </button>
    </p>
  );
}
