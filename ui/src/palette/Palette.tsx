// The command palette.
export function Palette(_: { close(): void }) {
  return null;
}
