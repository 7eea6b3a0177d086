// What the inspector says of permissions and options, in words.
import type { Need } from '../api';

const DOES: Record<Need['kind'], string> = {
  host: 'Talks to',
  read_file: 'Reads',
  write_file: 'Writes',
  database: 'Uses the database',
  secret: 'Uses the secret',
};

/** "Writes report.md". */
export const needWords = (need: Need): string => `${DOES[need.kind]} ${need.target}`;

/** "Writes report.md, talks to example.org". */
export function needsWords(needs: Need[]): string {
  const said = needs.map(needWords).map((text, index) => (index === 0 ? text : text.charAt(0).toLowerCase() + text.slice(1)));
  return [...new Set(said)].join(', ');
}

export const sameNeed = (a: Need, b: Need) => a.kind === b.kind && a.target === b.target;
