/** The build replaces a `.wasm` import by the address of the file. */
declare module "*.wasm" {
  const url: string;
  export default url;
}
