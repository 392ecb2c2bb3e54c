// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Clipboard, Notification } from '@jupyterlab/apputils';
import { useEffect, useState } from 'react';

const SHOWN_MS = 2_000;

/** Copy a text, and notify the user. Synchronous: browsers allow copying only within a user gesture. */
export function copy(text: string, notice: string): void {
  Clipboard.copyToSystem(text); // unlike navigator.clipboard, it needs no HTTPS
  Notification.success(notice, { autoClose: SHOWN_MS });
}

/** Return a function that copies a text, and whether it was copied just now. */
export function useCopy(text: string): [copy: () => void, isCopied: boolean] {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return [
    () => {
      Clipboard.copyToSystem(text);
      setIsCopied(true);
    },
    isCopied
  ];
}
