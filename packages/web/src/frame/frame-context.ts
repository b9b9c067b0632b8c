import { createContext, useContext } from 'react';

interface FrameActions {
  readonly openPalette: () => void;
}

export const FrameContext = createContext<FrameActions>({ openPalette: () => {} });

export function useFrame(): FrameActions {
  return useContext(FrameContext);
}
