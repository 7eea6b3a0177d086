// Findings, sorted to the fields they speak of.
import type { Finding } from '../api';
import type { Note } from '../kit';

/** Findings below a part of an entity (`settings`), as notes of the form that shows it; `''` takes every field. */
export function notesUnder(findings: Finding[], node: string | null, base: string): Note[] {
  const prefix = base === '' ? '' : `${base}/`;
  return findings
    .filter((f) => f.node === node && f.field !== null && f.field.startsWith(prefix))
    .map((f) => ({
      field: (f.field ?? '').slice(prefix.length),
      severity: f.severity,
      message: f.message,
      help: f.help,
      ...(f.span && { span: f.span }),
    }));
}

/** Findings of a node that name no field. */
export const ofNode = (findings: Finding[], node: string): Finding[] =>
  findings.filter((f) => f.node === node && (f.field === null || f.field === 'settings' || f.field === 'type'));
