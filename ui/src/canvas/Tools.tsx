// Canvas tools: bottom left select, hand, frame, note; bottom right zoom, fit, map.
import { IconButton } from '../kit';
import type { Board } from './board';
import type { Camera } from './commands';
import { addFrame, addNote } from './gestures';

export function Tools({ board, camera }: { board: Board; camera: Camera }) {
  const tool = board.ui((s) => s.tool);
  const zoom = board.ui((s) => s.zoom);
  const map = board.ui((s) => s.map);
  return (
    <>
      <div className="pad left" role="toolbar" aria-label="Tools">
        <IconButton
          icon="select"
          label="Select"
          box={26}
          on={tool === 'select'}
          onClick={() => board.ui.setState({ tool: 'select' })}
        />
        <IconButton
          icon="hand"
          label="Move the view"
          box={26}
          on={tool === 'hand'}
          onClick={() => board.ui.setState({ tool: 'hand' })}
        />
        {!board.readOnly && (
          <>
            <IconButton icon="group" label="Frame the selection" keys="f" box={26} onClick={() => void addFrame(board)} />
            <IconButton icon="note" label="Add a note" keys="t" box={26} onClick={() => void addNote(board, middle(board))} />
          </>
        )}
      </div>
      <div className="pad right" role="toolbar" aria-label="Zoom">
        <IconButton icon="minus" label="Zoom out" keys="-" box={26} onClick={() => camera.zoomBy(1 / 1.2)} />
        <button type="button" className="zoom" aria-label="Zoom to 100 %" onClick={() => camera.zoomTo(1)}>
          {Math.round(zoom * 100)} %
        </button>
        <IconButton icon="plus" label="Zoom in" keys="plus" box={26} onClick={() => camera.zoomBy(1.2)} />
        <IconButton icon="fit" label="Everything" keys="1" box={26} onClick={() => camera.fit()} />
        <IconButton icon="map" label="Map" box={26} on={map} onClick={() => board.ui.setState({ map: !map })} />
      </div>
    </>
  );
}

const middle = (board: Board) => ({ x: board.view.x + board.view.w / 2 - 120, y: board.view.y + board.view.h / 2 - 48 });
