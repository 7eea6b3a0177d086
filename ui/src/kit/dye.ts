// The dye of a family: LOOK 2. A dye is a class that sets --d-i (ink), --d-t (tint) and --d-th (thread).
export type Dye =
  | 'weld'
  | 'woad'
  | 'walnut'
  | 'greenweed'
  | 'verdigris'
  | 'logwood'
  | 'orchil'
  | 'saffron'
  | 'madder'
  | 'iron'
  | 'linen';

const OF_FAMILY: Record<string, Dye> = {
  trigger: 'weld',
  data: 'woad',
  files: 'walnut',
  database: 'greenweed',
  net: 'verdigris',
  logic: 'logwood',
  code: 'orchil',
  model: 'saffron',
  people: 'madder',
  device: 'iron',
};

const WORDS: Record<string, string> = {
  trigger: 'triggers',
  data: 'data',
  files: 'files',
  database: 'databases',
  net: 'network',
  logic: 'logic',
  code: 'code',
};

const DYES: readonly string[] = [...Object.values(OF_FAMILY), 'linen'];

/** The dye of a family (`NodeTypeView.group`); linen where it is not known. */
export const dyeOf = (family: string | undefined): Dye => OF_FAMILY[family ?? ''] ?? 'linen';
/** The family in words: "databases". */
export const familyWords = (family: string): string => WORDS[family] ?? family;
/** A dye by the name that stands in a document. */
export const asDye = (name: unknown, otherwise: Dye): Dye =>
  typeof name === 'string' && DYES.includes(name) ? (name as Dye) : otherwise;
