// The map: the whole flow small, and where the view is. Press or drag to go there.
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { type PointerEvent as Pointer, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import type { Board } from './board';
import { around, grow } from './geometry';

const W = 160;
const H = 104;

export function MiniMap({ board }: { board: Board }) {
  const open = board.ui((s) => s.map);
  return open ? <Small board={board} /> : null;
}

function Small({ board }: { board: Board }) {
  const rf = useReactFlow();
  const api = useStoreApi();
  const view = useRef<SVGRectElement>(null);
  useSyncExternalStore(board.listen, board.nodes);
  const all = grow(around(board.drawn.boxes.values()) ?? { x: 0, y: 0, w: 1, h: 1 }, 80);
  const scale = Math.min(W / all.w, H / all.h);
  const box = { x: all.x - (W / scale - all.w) / 2, y: all.y - (H / scale - all.h) / 2, w: W / scale, h: H / scale };
  useLayoutEffect(() => {
    const write = () => {
      const { transform, width, height } = api.getState();
      const [x, y, z] = transform;
      for (const [name, value] of [
        ['x', -x / z],
        ['y', -y / z],
        ['width', width / z],
        ['height', height / z],
      ] as const)
        view.current?.setAttribute(name, String(value));
    };
    write();
    return api.subscribe(write);
  }, [api]);
  const go = (e: Pointer<SVGSVGElement>) => {
    if (e.buttons !== 1) return;
    const r = e.currentTarget.getBoundingClientRect();
    void rf.setCenter(box.x + ((e.clientX - r.left) / W) * box.w, box.y + ((e.clientY - r.top) / H) * box.h, {
      zoom: rf.getZoom(),
    });
  };
  return (
    <div className="map">
      <svg
        width={W}
        height={H}
        viewBox={`${box.x} ${box.y} ${box.w} ${box.h}`}
        role="img"
        aria-label="Map of the flow"
        onPointerDown={go}
        onPointerMove={go}
      >
        {[...board.drawn.boxes.values()].map((b) => (
          <rect
            key={b.id}
            className={`map-${'form' in b.view && (b.view.form === 'frame' || b.view.form === 'note' || b.view.form === 'view') ? b.view.form : 'card'} ${b.view.dye}`}
            x={b.x}
            y={b.y}
            width={b.w}
            height={b.h}
            rx={8}
          />
        ))}
        <rect ref={view} className="map-view" />
      </svg>
    </div>
  );
}
