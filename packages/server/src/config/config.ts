import { join } from 'node:path';
import type { z } from 'zod';
import {
  type DerivedDefault,
  flagName,
  type Given,
  SETTINGS,
  type Setting,
  type SettingName,
} from './settings.ts';

/** The configuration of the server, read once at the start: the value of every setting in the table. */
export type Config = {
  readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']>;
};

/** Flags of the command line by name, such as `grpcPort`. A flag overrides its environment variable. */
export type Flags = { readonly [Name in FlagName]?: FlagValue };

type FlagValue = string | number | boolean | readonly string[] | undefined;
type FlagName = CamelCase<FlagText<NonNullable<(typeof SETTINGS)[SettingName]['flag']>>>;
type FlagText<Flag> = Flag extends `--${infer Name} ${string}`
  ? Name
  : Flag extends `--${infer Name}`
    ? Name
    : never;
type CamelCase<Text> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;

/** A setting has an invalid value. The message names the variable and the expected value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the settings from the environment and the command line. An empty variable counts as not set.
 *
 * @throws ConfigError that lists every invalid setting
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, flags: Flags = {}): Config {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  const derived: [string, DerivedDefault<unknown>][] = [];
  for (const [name, setting] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const text = textOfFlag(setting, flags) || env[setting.env] || setting.default;
    if (typeof text !== 'string') {
      derived.push([name, text]);
      continue;
    }
    const { success, data, error } = setting.schema.safeParse(text);
    if (success) values[name] = data;
    else problems.push(...error.issues.map(({ message }) => `${setting.env}: ${message}`));
  }
  if (problems.length > 0) throw new ConfigError(`The configuration is not valid. ${problems.join('; ')}`);
  const given = { workers: undefined, ...values } as Given;
  for (const [name, { value }] of derived) values[name] = value(given);
  return values as Config;
}

function textOfFlag({ flag }: Setting<unknown>, flags: Flags): string | undefined {
  if (flag === undefined) return undefined;
  const value = (flags as Readonly<Record<string, FlagValue>>)[flagName(flag)];
  return value === undefined ? undefined : String(value);
}

export const journalFolder = (config: Pick<Config, 'dataDir'>): string => join(config.dataDir, 'journal');
