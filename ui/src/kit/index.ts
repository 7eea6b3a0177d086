// Small parts and tokens that every screen is made of.

export { CodeEditor, type CodeEditorProps } from './code';
export { Button, Chip, IconButton, Kbd, Segment, Tile, type Tone } from './controls';
export { asDye, type Dye, dyeOf, familyWords } from './dye';
export { Fence } from './Fence';
export {
  equal,
  type FormServices,
  getIn,
  isObject,
  type Json,
  type JsonObject,
  looksLikeExpression,
  type Note,
  Notes,
  type Path,
  Preview,
  pointer,
  previewText,
  type Schema,
  SchemaForm,
  setIn,
  useDraft,
  words,
} from './form';
export { Icon, type IconName, TypeIcon } from './icons';
export { isChord, isTyping, keyWords } from './keys';
export { Notices, notice, problem } from './notices';
export { followScheme, type Scheme, type SchemeChoice, useScheme } from './scheme';
export { resolver, theme } from './theme';
export { ago, count, items, span, when } from './words';
