import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.js';

export interface Given {
  readonly url?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** A value and where it came from, so that `berth config` can say. */
export interface Setting {
  readonly value: string;
  readonly from: string;
}

type Env = Readonly<Record<string, string | undefined>>;

export const DEFAULT_URL = 'http://127.0.0.1:8420';

function fromEnv(env: Env, name: string): Setting | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : { value, from: name };
}

function checked(setting: Setting): Setting {
  if (!URL.canParse(setting.value) || !/^https?:$/.test(new URL(setting.value).protocol)) {
    throw new Failure(`${setting.from} is \`${setting.value}\`, which is no http or https URL`, {
      cure: `write it like ${DEFAULT_URL}`,
    });
  }
  return { ...setting, value: setting.value.replace(/\/+$/, '') };
}

export function urlSetting(given: Given, env: Env): Setting {
  const flag = given.url === undefined ? undefined : { value: given.url, from: '--url' };
  return checked(flag ?? fromEnv(env, 'BERTH_URL') ?? { value: DEFAULT_URL, from: 'default' });
}

function keyIn(path: string, from: string): Setting {
  try {
    return { value: readFileSync(path, 'utf8').trim(), from: `${from} ${path}` };
  } catch (cause) {
    throw new Failure(`cannot read the key file ${path} (${from})`, { cause, cure: 'check the path and its mode' });
  }
}

function defaultKey(env: Env): Setting | undefined {
  const path = join(env['BERTH_DATA_DIR'] ?? '.berth', 'admin-key');
  try {
    return { value: readFileSync(path, 'utf8').trim(), from: path };
  } catch {
    return undefined;
  }
}

/** Flag, then environment, then the admin key of a server started here; `undefined` when there is none. */
export function keySetting(given: Given, env: Env): Setting | undefined {
  if (given.keyFile !== undefined) return keyIn(given.keyFile, '--key-file');
  const key = fromEnv(env, 'BERTH_KEY');
  if (key !== undefined) return key;
  const file = fromEnv(env, 'BERTH_KEY_FILE');
  return file === undefined ? defaultKey(env) : keyIn(file.value, 'BERTH_KEY_FILE');
}
