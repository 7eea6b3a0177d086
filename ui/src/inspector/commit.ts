// Edits of the inspector: a field that changed, as the one edit that says so.
import { type Json as Any, type Edit, edit } from '../api';
import { getIn, type Json, type Path, pointer, problem, setIn } from '../kit';

/** Sends one gesture; what was refused becomes a notice. */
export async function commit(flow: string, label: string, edits: Edit[], gesture: string | null = null): Promise<boolean> {
  try {
    await edit(flow, label, edits, gesture);
    return true;
  } catch (error) {
    problem(error);
    return false;
  }
}

/**
 * The edit that puts `next` at a path below `base`. A null stands for "take away" in an edit, so a null that is
 * meant is written with the object around it.
 */
export function setEdit(entity: string, base: Path, whole: Json | undefined, path: Path, next: Json | undefined): Edit {
  // An entity itself is no object that could be written whole.
  if (next === null && base.length + path.length > 1) {
    const above = path.slice(0, -1);
    const last = path[path.length - 1] ?? '';
    const object = setIn(getIn(whole, above) ?? {}, [last], null);
    return { do: 'set', entity, field: pointer([...base, ...above]), value: object as Any };
  }
  return { do: 'set', entity, field: pointer([...base, ...path]), value: (next ?? null) as Any };
}

/** Keystrokes in one field are undone as one. */
export const gestureOf = (flow: string, entity: string, path: Path): string => `${flow}:${entity}:${pointer(path)}`;
