/** What a form asks of the screen it stands in: values of runs, secrets, files, findings. */

import { createContext, useContext } from 'react';
import type { Json, Path } from './json';
import type { Schema } from './schema';

/** What an expression gave on one item. */
export type Tried = {
  value?: Json | undefined;
  kind: string;
  problem?: { message: string; help: string } | undefined;
  span?: readonly [number, number] | undefined;
  /** How many items there are to look at. */
  items: number;
};

export type Note = {
  /** Path inside the form, as `pointer` writes it. */
  field: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  help: string;
  span?: readonly [number, number] | undefined;
};

export type FormServices = {
  /** Missing where there is nothing to try an expression on. */
  tryExpression?: (value: Json, item: number) => Promise<Tried>;
  secrets?: () => Promise<{ name: string; hosts: string[] }[]>;
  addSecret?: (secret: { name: string; value: string; hosts: string[] }) => Promise<void>;
  flows?: () => Promise<{ id: string; name: string }[]>;
  files?: (folder: string) => Promise<{ path: string; folder: boolean }[]>;
};

export type FormContext = {
  root: Schema;
  services: FormServices;
  notes: readonly Note[];
  readOnly: boolean;
  /** False where no field of the form may be an expression (options of a node, blocks, the flow itself). */
  expressions: boolean;
};

export const Form = createContext<FormContext>({ root: {}, services: {}, notes: [], readOnly: false, expressions: false });

export const useForm = () => useContext(Form);

/** `typing` is true for keystrokes: they are gathered and undone as one. Undefined takes the field away. */
export type Change = (path: Path, value: Json | undefined, typing?: boolean) => void;
