import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';

interface PanelProps {
  title: string;
  onClose: () => void;
  /** How leaving it is called; nothing where the panel itself says how to leave it. */
  closeWords?: string;
  children: ReactNode;
}

/**
 * A sheet laid over the page: one thing to do, and then back to where one was. The browser itself keeps the rest of the
 * page out of reach; whoever opened it has the cursor again afterwards.
 */
export function Panel({ title, onClose, closeWords, children }: PanelProps): ReactNode {
  const id = useId();
  const sheet = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = sheet.current;
    const opener = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={sheet}
      className="panel"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="panel-head">
        <h2 id={id} className="panel-title" tabIndex={-1}>
          {title}
        </h2>
        {closeWords !== undefined && (
          <button type="button" className="action panel-close" onClick={onClose}>
            {closeWords}
          </button>
        )}
      </div>
      {children}
    </dialog>
  );
}
