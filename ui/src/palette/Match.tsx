// A text with what was typed underlined.
import { matched } from './rank';

export function Match({ text, query }: { text: string; query: string }) {
  const at = matched(query, text);
  if (!at) return text;
  return (
    <>
      {text.slice(0, at[0])}
      <u>{text.slice(...at)}</u>
      {text.slice(at[1])}
    </>
  );
}
