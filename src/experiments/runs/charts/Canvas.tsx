// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef } from 'react';
import type { JSX, PointerEvent, RefObject } from 'react';

import { useTheme } from '../../../jobs/panel/metrics/palette';

/** Draw on a canvas of a size in CSS pixels; called again when the function, the size or the theme changes. */
export type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

/** Properties of Canvas. */
export interface ICanvasProps {
  label: string;
  /** Draw all runs. */
  draw: Draw;
  /** Draw what is marked, in a layer of its own: to move a mark does not draw thousands of runs. */
  mark: Draw;
  /** Called with a position of the pointer, from 0 to 1 from the lower left corner; null when it leaves. */
  onPointer: (x: number, y: number, element: HTMLElement) => void;
  onLeave: () => void;
  onClick: () => void;
}

/** A canvas that fills its parent, sharp on every screen. */
export function Canvas({ label, draw, mark, onPointer, onLeave, onClick }: ICanvasProps): JSX.Element {
  const canvas = useLayer(draw);
  const marks = useLayer(mark);
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>): void => {
    const { left, bottom, width, height } = event.currentTarget.getBoundingClientRect();
    onPointer((event.clientX - left) / width, (bottom - event.clientY) / height, event.currentTarget);
  };
  return (
    <>
      <canvas ref={canvas} className="jp-MLPlot-canvas" role="img" aria-label={label} />
      <canvas
        ref={marks}
        className="jp-MLPlot-marks"
        aria-hidden
        onPointerMove={onPointerMove}
        onPointerLeave={onLeave}
        onClick={onClick}
      />
    </>
  );
}

/** Return a reference to a canvas, which `draw` keeps painted. */
function useLayer(draw: Draw): RefObject<HTMLCanvasElement> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  useEffect(() => {
    const node = canvas.current;
    if (!node) return;
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = node;
      const context = node.getContext('2d');
      if (!context || !width) return;
      node.width = width * devicePixelRatio;
      node.height = height * devicePixelRatio;
      context.scale(devicePixelRatio, devicePixelRatio);
      draw(context, width, height);
    });
    observer.observe(node); // also reports the size that the canvas has now
    return () => observer.disconnect();
  }, [draw, theme]);
  return canvas;
}
