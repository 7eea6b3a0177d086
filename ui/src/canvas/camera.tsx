// What follows the camera outside React: ground, threads, level of detail and the window of nodes.
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useLayoutEffect, useRef } from 'react';
import type { Board, BoxNode } from './board';
import { around } from './geometry';

/** Where each flow was looked at last, while the window lives. */
const remembered = new Map<string, { x: number; y: number; zoom: number }>();

const NO_STITCHES = 0.4;

/** The stitched ground: one pattern that follows the viewport. */
export function Cloth() {
  const api = useStoreApi();
  const pattern = useRef<SVGPatternElement>(null);
  const ground = useRef<SVGSVGElement>(null);
  useLayoutEffect(() => {
    let last: unknown = null;
    const write = () => {
      const { transform } = api.getState();
      if (transform === last) return;
      last = transform;
      const [x, y, z] = transform;
      if (ground.current) ground.current.style.display = z < NO_STITCHES ? 'none' : '';
      if (z >= NO_STITCHES) pattern.current?.setAttribute('patternTransform', `translate(${x} ${y}) scale(${z})`);
    };
    write();
    return api.subscribe(write);
  }, [api]);
  return (
    <svg className="cloth" ref={ground} aria-hidden>
      <defs>
        <pattern id="cloth" ref={pattern} width="32" height="32" patternUnits="userSpaceOnUse">
          <path d="M5.5 8h5M21.5 24h5M24 5.5v5M8 21.5v5" fill="none" />
        </pattern>
      </defs>
      <rect width="100%" height="100%" fill="url(#cloth)" />
    </svg>
  );
}

/** Tells the board where the camera is. */
export function Watch({ board }: { board: Board }) {
  const api = useStoreApi<BoxNode>();
  const rf = useReactFlow();
  useLayoutEffect(() => {
    let last: unknown = null;
    let size = '';
    let placed = false;
    // The zoom's own listeners come after the first effects; a frame later it can be told where to look.
    const place = requestAnimationFrame(() => {
      placed = true;
      const { width, height } = api.getState();
      void rf.setViewport(remembered.get(board.id) ?? first(board, width, height));
      see();
    });
    const see = () => {
      const { transform, width, height, domNode } = api.getState();
      const now = `${width} ${height}`;
      if (!placed || width === 0 || (transform === last && now === size)) return;
      last = transform;
      size = now;
      const [x, y, z] = transform;
      const level = z >= 0.7 ? 'full' : z >= 0.4 ? 'mid' : z >= 0.15 ? 'low' : 'far';
      if (domNode && domNode.dataset.level !== level) domNode.dataset.level = level;
      if (board.ui.getState().zoom !== z) board.ui.setState({ zoom: z });
      remembered.set(board.id, { x, y, zoom: z });
      board.see({ x: -x / z, y: -y / z, w: width / z, h: height / z }, z);
    };
    const stop = api.subscribe(see);
    return () => {
      cancelAnimationFrame(place);
      stop();
    };
  }, [api, board, rf]);
  return null;
}

/** The first look at a flow: whole where it fits, its beginning where it does not. */
function first(board: Board, width: number, height: number) {
  const r = around(board.drawn.boxes.values());
  // The first node of an empty flow stands at its origin.
  if (!r) return { x: 56, y: 96, zoom: 1 };
  const pad = 24;
  const fit = Math.min((width - 2 * pad) / r.w, (height - 2 * pad - 40) / r.h);
  const zoom = Math.max(0.5, Math.min(1, Math.floor(fit * 50) / 50));
  const x = r.w * zoom + 2 * pad <= width ? Math.min((width - r.w * zoom) / 2, 120) : pad;
  const y = r.h * zoom + 2 * pad <= height ? Math.min((height - r.h * zoom) / 2, 48) : pad;
  return { x: Math.round(x - r.x * zoom), y: Math.round(y - r.y * zoom), zoom };
}
