// What the server says about the city; twin of clientConfig in page.go.
export interface Config {
  language: 'zh' | 'en';
  title: string;
  city: string;
  demo: boolean;
  bounds: [west: number, south: number, east: number, north: number];
  centre: [lon: number, lat: number];
  head: string; // the map that the page is of, as /events names it
  dataAge: number; // seconds
  catalog: string;
  mapStyle: string;
  worker: string;
  who: string; // has signed in; empty: nobody
  archive?: string; // of tiles, beside a page that has no server
  underlay?: { template: string; attribution: string; origin: string }; // a map of somebody else to lay under ours
}

export const config: Config = JSON.parse(document.getElementById('config')!.textContent!);
