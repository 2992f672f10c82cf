// The coverage on the map: areas are tinted by their share from afar, from nearer
// on each building by its minutes, with a dot on those that are outside. Buildings
// are asked for where the map is. Colours come with the style.
import type { Map as GLMap, StyleSpecification } from 'maplibre-gl';
import { askCoveredBuildings, askFeature, askPatiently, type CoverageQuestion } from '../api';
import { buildingClasses, shareOf, type BuildingClass } from '../coverage';
import type { Box } from '../shapes';
import type { CoveredBuildings, CoverageRow } from '../types';
import { drawLegend, hideLegend } from './legend';
import type { Collection } from './data';

export interface ShownCoverage {
  question: CoverageQuestion;
  tint: CoverageRow[];
  area: { layer: string; id: number } | null; // the chosen one
}

/** Where the tint of areas gives way to the buildings; tiles/style/coverage.go draws so. */
const detailZoom = 14;
const margin = 0.15; // of the map's width and height, asked for beyond its edges

const buildingTiles = { source: 'map', sourceLayer: 'buildings' };
const areaTiles = { source: 'map', sourceLayer: 'places' };

export class CoverageMap {
  #shown: ShownCoverage | null = null;
  #asking: AbortController | null = null;
  #asked: Box | null = null; // for which buildings are here or on their way
  #buildings: CoveredBuildings | null = null;
  #failed = false;
  #chosen: GeoJSON.Feature[] = [];
  #metadata = new Map<string, Record<string, unknown>>(); // of the style's layers of coverage

  constructor(
    private readonly map: GLMap,
    private readonly visible: () => Box,
    private readonly draw: (data: Collection) => void,
  ) {
    map.on('moveend', () => this.#look());
    map.on('zoom', () => this.#legend());
    const sheet = document.getElementById('panel');
    if (sheet) new ResizeObserver(() => this.#legend()).observe(sheet); // what can be seen is counted
    map.on('style.load', () => this.#paint());
  }

  /** Takes the colours of a style that is about to be drawn, and turns its layers on or off. */
  prepare(style: StyleSpecification): void {
    for (const layer of style.layers) {
      const metadata = layer.metadata as Record<string, unknown> | undefined;
      if (metadata?.['gridatlas:group'] !== 'coverage') continue;
      this.#metadata.set(layer.id, metadata);
      layer.layout = { ...layer.layout, visibility: this.#shown ? 'visible' : 'none' } as never;
    }
    this.#legend();
  }

  show(shown: ShownCoverage | null): void {
    const before = this.#shown;
    this.#shown = shown;
    if (shown?.area?.id !== before?.area?.id) void this.#outline(shown?.area ?? null);
    if (shown?.question === before?.question) return;
    if (!shown) hideLegend();
    for (const id of this.#metadata.keys()) this.map.setLayoutProperty(id, 'visibility', shown ? 'visible' : 'none');
    if (!shown || !before || !sameMinutes(shown.question, before.question)) this.#forget();
    this.#paint();
    this.#look();
  }

  #forget(): void {
    this.#asking?.abort();
    this.#asked = null;
    this.#buildings = null;
    this.#failed = false;
  }

  /** Says of areas and buildings what the style colours them by. */
  #paint(): void {
    this.map.removeFeatureState(areaTiles);
    for (const row of this.#shown?.tint ?? []) {
      const share = shareOf(row);
      if (row.id !== null && share !== null) this.map.setFeatureState({ ...areaTiles, id: row.id }, { share });
    }
    this.#paintBuildings();
  }

  #paintBuildings(): void {
    this.map.removeFeatureState(buildingTiles);
    const dots: GeoJSON.Feature[] = [];
    if (this.#shown && this.#buildings) {
      const { ids, minutes, points } = this.#buildings;
      const classes = buildingClasses(this.#shown.question.minutes);
      ids.forEach((id, i) => {
        const { index, outside } = classOf(classes, minutes[i]!);
        this.map.setFeatureState({ ...buildingTiles, id }, { class: index });
        if (outside) dots.push({ type: 'Feature', id, geometry: { type: 'Point', coordinates: points[i]! }, properties: {} });
      });
    }
    this.draw({ type: 'FeatureCollection', features: [...dots, ...this.#chosen] });
    this.#legend();
  }

  /** Asks for the buildings in view unless they are here. */
  #look(): void {
    this.#legend();
    if (!this.#shown || this.map.getZoom() < detailZoom) return;
    const box = this.#view();
    if (this.#asked && box[0] >= this.#asked[0] && box[1] >= this.#asked[1] && box[2] <= this.#asked[2] && box[3] <= this.#asked[3]) return;
    void this.#ask(this.#shown.question, box);
  }

  async #ask(question: CoverageQuestion, [west, south, east, north]: Box): Promise<void> {
    this.#asking?.abort();
    const { signal } = (this.#asking = new AbortController());
    const [dx, dy] = [(east - west) * margin, (north - south) * margin];
    const box: Box = (this.#asked = [west - dx, south - dy, east + dx, north + dy]);
    this.#failed = false;
    this.#legend();
    try {
      const buildings = await askPatiently(() => askCoveredBuildings(question, box, signal), signal, () => {});
      if (signal.aborted) return;
      this.#buildings = buildings;
      this.#paintBuildings();
    } catch {
      if (signal.aborted) return;
      this.#asked = null;
      this.#failed = true;
      this.#legend();
    }
  }

  async #outline(area: ShownCoverage['area']): Promise<void> {
    let geometry: GeoJSON.Geometry | null = null;
    if (area) {
      try {
        ({ geometry } = await askFeature(area.layer, area.id));
      } catch {
        return; // the map goes there all the same
      }
    }
    if (this.#shown?.area?.id !== area?.id) return; // another one was chosen meanwhile
    this.#chosen = geometry ? [{ type: 'Feature', geometry, properties: {} }] : [];
    this.#paintBuildings();
  }

  #view(): Box {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  #legend(): void {
    if (!this.#shown) return;
    const { minutes, by } = this.#shown.question;
    if (this.map.getZoom() < detailZoom) {
      const { 'gridatlas:colours': colours, 'gridatlas:breaks': breaks } = this.#metadata.get('coverage-area')!;
      drawLegend({ areas: by === 'grid' ? 'community' : by, colours: colours as string[], breaks: breaks as number[], shares: this.#shown.tint.map(shareOf) });
      return;
    }
    const colours = this.#metadata.get('coverage-building')!['gridatlas:colours'] as string[];
    const dot = this.#metadata.get('coverage-outside')!['gridatlas:colours'] as [string, string];
    const classes = buildingClasses(minutes);
    drawLegend({
      classes: classes.map((c) => ({ ...c, colour: colours[c.index]!, dot: c.outside ? dot : null })),
      counts: this.#buildings && this.#counts(classes),
      retry: this.#failed ? () => this.#look() : null,
    });
  }

  /** How many buildings of each class can be seen. */
  #counts(classes: BuildingClass[]): number[] {
    const counts = classes.map(() => 0);
    const [west, south, east, north] = this.visible();
    const { minutes, points } = this.#buildings!;
    points.forEach(([lon, lat], i) => {
      if (lon >= west && lon <= east && lat >= south && lat <= north) counts[classes.indexOf(classOf(classes, minutes[i]!))]!++;
    });
    return counts;
  }
}

const classOf = (classes: BuildingClass[], minutes: number | null): BuildingClass => classes.find((c) => (minutes ?? Infinity) <= c.upTo)!;

/** Whether the minutes of buildings are the same: they hold for any limit and all areas. */
const sameMinutes = (a: CoverageQuestion, b: CoverageQuestion): boolean => a.speed === b.speed && a.at === b.at && `${a.of}` === `${b.of}`;
