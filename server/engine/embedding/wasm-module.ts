/** The part of WebAssembly used here; its types come with a browser's library only. */
interface Wasm {
  Memory: new (options: { initial: number }) => { buffer: ArrayBuffer };
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
}
const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: Wasm };

const pageBytes = 65_536;

/** Value types of WebAssembly. */
export const i32 = 0x7f;
export const v128 = 0x7b;

/** Instructions that kernels share, as bytes; a local is named by its number, parameters first. */
export const get = (local: number) => [0x20, local];
export const set = (local: number) => [0x21, local];
/** A whole number below 64. */
export const constant = (value: number) => [0x41, value];
export const add = [0x6a];
export const loop = [0x03, 0x40];
export const load = (offset: number) => [0xfd, 0x00, 0x00, offset];
export const zeroLanes = [...constant(0), 0xfd, 0x11];
/** Adds to a local. */
export const step = (local: number, by: number) => [...get(local), ...constant(by), ...add, ...set(local)];
/** Ends a loop: again while the first local is below the second. */
export const againWhileBelow = (local: number, end: number) => [
  ...get(local), ...get(end), 0x49, 0x0d, 0x00, 0x0b,
]; // prettier-ignore
/** Ends a loop: takes one off a local and goes again while something is left. */
export const againWhileLeft = (local: number) => [
  ...get(local), ...constant(1), 0x6b, 0x22, local, 0x0d, 0x00, 0x0b,
]; // prettier-ignore
/** Sum of the four lanes of a local. */
export const laneSum = (local: number) =>
  [0, 1, 2, 3].flatMap((n) => [...get(local), 0xfd, 0x1b, n, ...(n === 0 ? [] : add)]);

/** Memory of at least so many bytes, shared by a kernel and those who fill it. */
export function wasmMemory(sizeBytes: number): { buffer: ArrayBuffer } {
  return new wasm.Memory({ initial: Math.ceil(sizeBytes / pageBytes) + 1 });
}

/**
 * One function over whole numbers, assembled by hand: it is a few dozen instructions, and a compiler would be a
 * dependency. `locals` are types of the locals after the parameters, in runs of a count and a type.
 */
export function wasmFunction(
  memory: object,
  kernel: { parameters: number; locals: readonly (readonly [count: number, type: number])[]; body: number[] },
): (...numbers: number[]) => void {
  const { parameters, body } = kernel;
  const locals = [kernel.locals.length, ...kernel.locals.flat()];
  const text = (name: string) => [name.length, ...Buffer.from(name)];
  const section = (id: number, content: number[]) => [id, ...length(content.length), ...content];
  const types = Array.from({ length: parameters }, () => i32);
  const code = Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
    ...section(1, [0x01, 0x60, types.length, ...types, 0x00]),
    ...section(2, [0x01, ...text('env'), ...text('memory'), 0x02, 0x00, 0x01]),
    ...section(3, [0x01, 0x00]),
    ...section(7, [0x01, ...text('run'), 0x00, 0x00]),
    ...section(10, [0x01, ...length(locals.length + body.length), ...locals, ...body]),
  ]); // prettier-ignore
  const instance = new wasm.Instance(new wasm.Module(code), { env: { memory } });
  return instance.exports['run'] as (...numbers: number[]) => void;
}

/** Unsigned LEB128 of a length below 16,384. */
function length(value: number): number[] {
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, value >>> 7];
}
