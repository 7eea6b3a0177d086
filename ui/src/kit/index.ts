// Small parts and tokens that every screen is made of.
export { Button, Chip, IconButton, Kbd, Segment, Tile, type Tone } from './controls';
export { asDye, type Dye, dyeOf, familyWords } from './dye';
export { Icon, type IconName, TypeIcon } from './icons';
export { isChord, isTyping, keyWords } from './keys';
export { Notices, notice, problem } from './notices';
export { followScheme, type Scheme, type SchemeChoice, useScheme } from './scheme';
export { resolver, theme } from './theme';
export { ago, count, items, span, when } from './words';
