import { useEffect } from 'react';

/** Names the browser's page while this page of Carrel is open. Nothing of anybody may stand in a title. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Carrel`;
    return () => {
      document.title = 'Carrel';
    };
  }, [title]);
}
