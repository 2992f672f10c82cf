// What is drawn of a line, or of an area, that somebody sets point by point: the source
// measure of every style, of which tiles/style/measure.go says what each feature carries.
import type { LonLat } from '../state';

/** Points with the line through them, closed to an area where that is meant, and the line to where the mouse is. */
export function drawnLine(points: readonly LonLat[], closed: boolean, label: (i: number) => string, hover?: LonLat): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  const add = (geometry: GeoJSON.Geometry, properties: Record<string, string>): void => void features.push({ type: 'Feature', geometry, properties });
  const line = (part: string, along: readonly LonLat[]): void => add({ type: 'LineString', coordinates: along.map((p) => [...p]) }, { part });
  const isArea = closed && points.length > 2;
  if (isArea) add({ type: 'Polygon', coordinates: [[...points, points[0]!].map((p) => [...p])] }, { part: 'area' });
  if (points.length > 1) line('line', isArea ? [...points, points[0]!] : points);
  if (hover && points.length > 0) line('next', closed && points.length > 1 ? [points[points.length - 1]!, hover, points[0]!] : [points[points.length - 1]!, hover]);
  points.forEach((p, i) => add({ type: 'Point', coordinates: [...p] }, { part: 'point', label: label(i) }));
  return { type: 'FeatureCollection', features };
}
