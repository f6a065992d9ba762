/// <reference types="vite/client" />

/** Version of this bundle, from package.json. */
declare const TESSERA_VERSION: string;
