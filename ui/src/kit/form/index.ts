/** Forms from JSON Schema, and the values they write. */
export type { Change, FormServices, Note, Tried } from './context';
export { type Draft, useDraft } from './draft';
export { Notes } from './Field';
export { equal, getIn, isObject, type Json, type JsonObject, type Path, pointer, setIn } from './json';
export { looksLikeExpression, reading, writeFixed } from './literal';
export { Preview, previewText } from './preview';
export { SchemaForm, type SchemaFormProps } from './SchemaForm';
export { read as readSchema, type Schema, words } from './schema';
