export function printHex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

type HexFields = { readonly [name: string]: string };

export function readHex(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : BigInt(text);
}

export function readHexList(list: readonly string[] | undefined): bigint[] | undefined {
  return list?.map((text) => BigInt(text));
}

export function readHexMap(fields: HexFields | undefined): ReadonlyMap<string, bigint> | undefined {
  return fields === undefined ? undefined : new Map(Object.entries(fields).map(([name, text]) => [name, BigInt(text)]));
}

export function printHexMap(map: ReadonlyMap<string, bigint> | undefined): HexFields | undefined {
  return map === undefined ? undefined : Object.fromEntries([...map].map(([name, value]) => [name, printHex(value)]));
}
