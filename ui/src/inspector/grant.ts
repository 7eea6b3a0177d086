// Permissions, given.
import { call, type Need } from '../api';
import { problem } from '../kit';

/** Allows what a flow asked for; true when it is kept. */
export async function grant(flow: string, needs: Need[]): Promise<boolean> {
  try {
    await call('flow_grant', { flow, needs });
    return true;
  } catch (error) {
    problem(error);
    return false;
  }
}

const KINDS = ['host', 'read_file', 'write_file', 'database', 'secret'];

/** The permissions a `permission.needed` problem names. */
export function needsOf(details: unknown): Need[] {
  const needs = typeof details === 'object' && details !== null && 'needs' in details ? details.needs : undefined;
  if (!Array.isArray(needs)) return [];
  return needs.filter(
    (need): need is Need =>
      typeof need === 'object' && need !== null && KINDS.includes(need.kind) && typeof need.target === 'string',
  );
}
