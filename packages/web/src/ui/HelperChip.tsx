/** The helper that reads a connection; its name alone where room is short. */
export function HelperChip({ helper }: { helper: string }) {
  return (
    <span className="chip mono" title={`helper ${helper}`}>
      <span className="helper-word">helper </span>
      {helper}
    </span>
  )
}
