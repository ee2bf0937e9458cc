import { trusted } from '../markup';
import type { RotationReport } from '../model';
import { COLOURS, DARK_COLOURS, PICTURE_STYLES } from './styles';
import { timeline } from './timeline';

/** The timeline picture alone, as an SVG file that brings its own colours for light and dark. */
export function renderTimelineSvg(rotation: RotationReport): string {
  const style = `<style>.picture {${COLOURS}}\n@media (prefers-color-scheme: dark) { .picture {${DARK_COLOURS}} }${PICTURE_STYLES}</style>`;
  const svg = timeline(rotation).toString();
  const afterRoot = svg.indexOf('>') + 1;
  return `${svg.slice(0, afterRoot)}\n${trusted(style).toString()}${svg.slice(afterRoot)}\n`;
}
