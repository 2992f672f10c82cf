// Tiles out of one archive that lies beside the page: the browser asks for parts of
// it by HTTP range requests. This module is loaded by pages of archives alone.
import { addProtocol, type StyleSpecification } from 'maplibre-gl';
import { Protocol } from 'pmtiles';

/** A style whose tiles come from an archive, and whose sprite lies beside the page. Nothing of an earlier try is remembered. */
export function drawnFrom(archive: string, style: StyleSpecification): StyleSpecification {
  addProtocol('pmtiles', new Protocol().tile);
  const beside = (path: string): string => new URL(path, document.baseURI).href;
  const sprite = typeof style.sprite === 'string' ? { sprite: beside(style.sprite) } : {};
  return { ...style, ...sprite, sources: { ...style.sources, map: { type: 'vector', url: `pmtiles://${beside(archive)}` } } };
}
