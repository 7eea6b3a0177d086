// Icons by name (lucide), and the icon of a node type from its own drawing.
import {
  AlertTriangle,
  AlignLeft,
  BookOpen,
  Box,
  Braces,
  Calculator,
  Calendar,
  ChartColumn,
  Check,
  ChevronDown,
  ChevronLeft,
  ChevronRight,
  Circle,
  CircleDot,
  CircleHelp,
  ClipboardPaste,
  Clock,
  Contrast,
  Copy,
  CornerDownLeft,
  Database,
  Ellipsis,
  Expand,
  Eye,
  EyeOff,
  File,
  Files,
  FileText,
  Filter,
  Flag,
  Folder,
  FolderOpen,
  Frame,
  GitCompareArrows,
  Globe,
  GripVertical,
  Group,
  Hand,
  Hash,
  History,
  Hourglass,
  Import,
  KeyRound,
  Laptop,
  Link2,
  List,
  ListTree,
  type LucideIcon,
  Map as MapIcon,
  Maximize,
  Maximize2,
  Minus,
  Moon,
  MousePointer2,
  OctagonAlert,
  OctagonX,
  Pencil,
  Pin,
  PinOff,
  Play,
  Plus,
  Power,
  Redo2,
  RefreshCw,
  RotateCcw,
  Scissors,
  Search,
  Settings,
  ShieldAlert,
  ShieldCheck,
  Sigma,
  SkipForward,
  Sparkles,
  Square,
  StickyNote,
  Sun,
  Table2,
  Text,
  ToggleLeft,
  Trash2,
  Type,
  Undo2,
  WandSparkles,
  Webhook,
  Workflow,
  X,
  Zap,
} from 'lucide-react';
import { memo, useMemo } from 'react';

const ICONS = {
  alert: AlertTriangle,
  text: AlignLeft,
  book: BookOpen,
  box: Box,
  braces: Braces,
  calendar: Calendar,
  chart: ChartColumn,
  check: Check,
  down: ChevronDown,
  left: ChevronLeft,
  right: ChevronRight,
  help: CircleHelp,
  ring: Circle,
  paste: ClipboardPaste,
  clock: Clock,
  copy: Copy,
  enter: CornerDownLeft,
  database: Database,
  more: Ellipsis,
  expand: Expand,
  eye: Eye,
  eyeOff: EyeOff,
  file: File,
  document: FileText,
  flows: Files,
  filter: Filter,
  flag: Flag,
  folder: Folder,
  folderOpen: FolderOpen,
  frame: Frame,
  compare: GitCompareArrows,
  globe: Globe,
  group: Group,
  hand: Hand,
  hash: Hash,
  history: History,
  wait: Hourglass,
  import: Import,
  key: KeyRound,
  machine: Laptop,
  link: Link2,
  list: List,
  tree: ListTree,
  map: MapIcon,
  fit: Maximize,
  larger: Maximize2,
  minus: Minus,
  moon: Moon,
  select: MousePointer2,
  stopped: OctagonAlert,
  cancelled: OctagonX,
  pencil: Pencil,
  pin: Pin,
  unpin: PinOff,
  play: Play,
  plus: Plus,
  power: Power,
  redo: Redo2,
  again: RefreshCw,
  cut: Scissors,
  search: Search,
  settings: Settings,
  shieldAlert: ShieldAlert,
  shield: ShieldCheck,
  sigma: Sigma,
  skip: SkipForward,
  sparkles: Sparkles,
  square: Square,
  note: StickyNote,
  sun: Sun,
  table: Table2,
  words: Text,
  boolean: ToggleLeft,
  trash: Trash2,
  type: Type,
  undo: Undo2,
  tidy: WandSparkles,
  webhook: Webhook,
  flow: Workflow,
  close: X,
  signal: Zap,
  grip: GripVertical,
  reset: RotateCcw,
  number: Calculator,
  dot: CircleDot,
  contrast: Contrast,
} satisfies Record<string, LucideIcon>;

export type IconName = keyof typeof ICONS;

/** An icon by name, with the one line width of LOOK 2. */
export const Icon = memo(function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  const Drawing = ICONS[name];
  return <Drawing size={size} strokeWidth={(1.4 * 24) / size} aria-hidden />;
});

const SHAPES = new Set(['svg', 'g', 'path', 'circle', 'ellipse', 'line', 'polyline', 'polygon', 'rect']);
const FIELDS = new Set([
  'd',
  'cx',
  'cy',
  'r',
  'rx',
  'ry',
  'x',
  'y',
  'x1',
  'x2',
  'y1',
  'y2',
  'width',
  'height',
  'points',
  'transform',
  'fill-rule',
  'opacity',
  'fill',
  'stroke',
  'stroke-width',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-dasharray',
  'viewBox',
]);
const drawings = new Map<string, string>();

/** A drawing reduced to shapes: it may come from a pack that somebody else wrote. */
export function safeDrawing(svg: string): string {
  const known = drawings.get(svg);
  if (known !== undefined) return known;
  const doc = new DOMParser().parseFromString(svg, 'image/svg+xml');
  const root = doc.documentElement;
  let inner = '';
  if (root.localName === 'svg' && doc.querySelector('parsererror') === null) {
    for (const element of [...root.querySelectorAll('*')]) {
      if (!SHAPES.has(element.localName)) {
        element.remove();
        continue;
      }
      for (const field of [...element.attributes]) {
        const plain = FIELDS.has(field.name) && !/url|script|data:/i.test(field.value);
        const ink = !/^(fill|stroke)$/.test(field.name) || field.value === 'none' || field.value === 'currentColor';
        if (!plain || !ink) element.removeAttribute(field.name);
      }
    }
    inner = [...root.children].map((c) => new XMLSerializer().serializeToString(c)).join('');
  }
  drawings.set(svg, inner);
  return inner;
}

/** The icon of a node type, from its SVG text. */
export const TypeIcon = memo(function TypeIcon({ svg, size = 16 }: { svg: string | undefined; size?: number }) {
  const inner = useMemo(() => (svg ? safeDrawing(svg) : ''), [svg]);
  if (inner === '') return <Icon name="box" size={size} />;
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={(1.4 * 24) / size}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
      // biome-ignore lint/security/noDangerouslySetInnerHtml: reduced to shapes by safeDrawing
      dangerouslySetInnerHTML={{ __html: inner }}
    />
  );
});
