/** Environment variable that carries the settings to the preload script, which removes it. */
export const PRELOAD_SETTINGS = 'REHEARSAL_HOSTS';

export interface PreloadSettings {
  /** Where made-up names are on this machine: `name:port` to `address:port`. Other targets are blocked. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Read where code asks for the CA file of Lambda's runtime. */
  readonly runtimeCaFile: string;
  /** The template's own `NODE_OPTIONS`. */
  readonly nodeOptions?: string;
}
