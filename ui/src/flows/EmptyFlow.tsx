// What an empty flow asks: what should start it.
export function EmptyFlow(_: { flow: string }) {
  return null;
}
