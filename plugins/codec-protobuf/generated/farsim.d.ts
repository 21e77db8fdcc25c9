/** The part of the generated code that the codec uses. */
export declare namespace farsim {
  namespace v1 {
    const Header: {
      encode(message: object): { finish(): Uint8Array };
      decode(bytes: Uint8Array): object;
    };
  }
}
