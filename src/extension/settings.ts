/** The settings of all rooms: what the code needs of the rows while it runs. The others are for package.json, and stay out of the bundle. */
import type { Setting } from './host/contributionRows.ts';
import { hostSettings } from './host/contributions.ts';
import { projectFileSettings } from './projectFile/contributions.ts';
import { viewSettings } from './views/contributions.ts';

export const settings = { ...hostSettings, ...viewSettings, ...projectFileSettings };

type Rows = typeof settings;
type ValueOf<Row> = Row extends Setting<infer Value> ? Value : never;
export type Settings = { readonly [Name in keyof Rows]: ValueOf<Rows[Name]> };
